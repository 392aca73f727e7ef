using System.Net.WebSockets;

namespace Salon.App.Streaming;

/// <summary>Serves feeds over WebSockets: a text frame for each event. What clients send is read and ignored. Thread-safe.</summary>
internal static class WebSocketStreams
{
    private const string Transport = "websocket";

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    public static async Task ServeAsync(HttpContext context, EventFeed feed, TopicSet topics)
    {
        // The network tells whether the client lives: pings of its own, answered by browsers without a word of the page.
        var options = new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) };
        using var socket = await context.WebSockets.AcceptWebSocketAsync(options);
        var waiter = new FeedWaiter();
        var receiving = ReceiveAsync(socket, waiter);
        feed.Metrics.OnOpened(Transport);

        try
        {
            using var leaving = context.RequestAborted.UnsafeRegister(static waiter => ((FeedWaiter)waiter!).Stop(), waiter);
            using var reading = feed.Readers.Add(waiter);
            await SendAsync(socket, new FeedCursor(feed, topics, ResumePoint.Of(context.Request)), waiter);
            await CloseAsync(socket, receiving);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or TimeoutException)
        {
            // The client is gone, or does not take leave.
        }
        finally
        {
            // Whatever happened, this ends the reading.
            socket.Abort();
            await receiving;
            feed.Metrics.OnClosed(Transport);
        }
    }

    private static async Task SendAsync(WebSocket socket, FeedCursor cursor, FeedWaiter waiter)
    {
        while (!waiter.IsOver)
        {
            waiter.Reset();

            while (!waiter.IsOver && cursor.TryTake(out var next))
            {
                var sending = socket.SendAsync(next.Frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

                if (sending.IsCompleted)
                {
                    await sending;
                    continue;
                }

                await WaitAsync(socket, sending.AsTask(), waiter);
                cursor.Conflate();
            }

            await waiter.News;
        }
    }

    /// <summary>Waits for a client that reads slowly; at the end, not for ever.</summary>
    private static async Task WaitAsync(WebSocket socket, Task sending, FeedWaiter waiter)
    {
        while (!sending.IsCompleted && !waiter.IsOver)
        {
            await Task.WhenAny(sending, waiter.News);
            waiter.Reset();
        }

        if (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(CloseTimeout));
            socket.Abort();
        }

        await sending;
    }

    /// <summary>Reads what the client sends, so that its pongs and its goodbye are seen.</summary>
    private static async Task ReceiveAsync(WebSocket socket, FeedWaiter waiter)
    {
        var buffer = new byte[256];

        try
        {
            while ((await socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone, and did not say so.
        }

        waiter.Stop();
    }

    private static async Task CloseAsync(WebSocket socket, Task receiving)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var patience = new CancellationTokenSource(CloseTimeout);
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "come back", patience.Token);
            await receiving.WaitAsync(CloseTimeout);
        }
    }
}
