using System.Net.WebSockets;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>
/// A WebSocket with nothing on top: each message is a text frame. What came while nobody was connected is not told again, since nothing in
/// the protocol says where the client was.
/// </summary>
internal sealed class LabWebSocket(TimeProvider time)
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    public Task HandleAsync(HttpContext context, LabRun run) => context.WebSockets.IsWebSocketRequest
        ? LabDoor.EnterAsync(context, run, LabTechnique.WebSocket, () => ServeAsync(context, run))
        : throw LabException.NotAWebSocket;

    private async Task ServeAsync(HttpContext context, LabRun run)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = new CancellationTokenSource();
        var receiving = ReceiveAsync(socket, ended);

        try
        {
            await SendAsync(context, run, socket, ended.Token);
            await CloseAsync(socket, await receiving);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The client is gone, or does not take leave.
        }
        finally
        {
            // Whatever happened, this ends the reading.
            socket.Abort();
            await receiving;
        }
    }

    private static async Task SendAsync(HttpContext context, LabRun run, WebSocket socket, CancellationToken ended)
    {
        var reader = new LabReader(run, LabTechnique.WebSocket, ResumePoint.Start);

        while (!ended.IsCancellationRequested)
        {
            while (reader.TryRead(out var next, out var breaks))
            {
                if (breaks)
                {
                    context.Abort();
                    return;
                }

                run.Traffic[LabTechnique.WebSocket].OnDelivered(1);
                await socket.SendAsync(next.Data, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }

            try
            {
                await reader.WaitAsync(ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits for the end; clients have nothing to say here.</summary>
    /// <returns>What to answer it with; <see langword="null"/> when the connection just broke.</returns>
    private static async Task<WebSocketCloseStatus?> ReceiveAsync(WebSocket socket, CancellationTokenSource ended)
    {
        try
        {
            // No token: cancelling a receive would abort the WebSocket.
            var received = await socket.ReceiveAsync(new byte[128].AsMemory(), CancellationToken.None);
            return received.MessageType == WebSocketMessageType.Close ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.PolicyViolation;
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            return null;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus? status)
    {
        if (status is { } answer)
        {
            var reason = answer == WebSocketCloseStatus.PolicyViolation ? "The lab only speaks." : "";
            using var patience = new CancellationTokenSource(CloseTimeout, time);
            await socket.CloseAsync(answer, reason, patience.Token);
        }
    }
}
