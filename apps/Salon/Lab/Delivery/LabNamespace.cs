using System.Text.Json;
using Salon.App.Streaming;
using Salon.EngineIO;
using Salon.SocketIO;

namespace Salon.App.Lab.Delivery;

/// <summary>
/// Socket.IO: namespace <c>/lab</c> with <c>auth: { run }</c>. The run is in the query of the engine's requests too
/// (<c>?lab=RUN.p</c> for polling, <c>?lab=RUN.w</c> for WebSocket), so that their bytes are counted and a cut network cuts them.
/// </summary>
internal sealed class LabNamespace(LabRuns runs)
{
    public const string Name = "/lab";

    private const string QueryName = "lab";
    private const string RunKey = "run";

    public void Map(SocketIOServer io)
    {
        io.Engine.Use(PassAsync);
        var lab = io.Of(Name);
        lab.Use(Identify);
        lab.OnConnection(TellAsync);
    }

    /// <summary>What every request of the engine passes.</summary>
    private Task PassAsync(HttpContext context, RequestDelegate next) =>
        context.Request.QueryString.Value?.Contains($"{QueryName}=", StringComparison.Ordinal) == true && context.Request.Query[QueryName] is { Count: 1 } lab
            ? PassAsync(context, lab.ToString().Split('.')[0], next)
            : next(context);

    private async Task PassAsync(HttpContext context, string id, RequestDelegate next)
    {
        try
        {
            await LabDoor.EnterAsync(context, runs.Find(id), TechniqueOf(context.Request.Query["transport"]), () => next(context));
        }
        catch (LabException exception)
        {
            await exception.WriteAsync(context);
        }
    }

    private ConnectError? Identify(Socket socket)
    {
        var auth = socket.Handshake.Auth;
        var id = auth.TryGetProperty("run", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        try
        {
            socket.Data[RunKey] = runs.Find(id);
            return null;
        }
        catch (LabException exception)
        {
            return new ConnectError(exception.Message, new { code = exception.Code });
        }
    }

    /// <summary>Runs as long as the socket; what fails in it is logged as a handler's failure.</summary>
    private static Task TellAsync(Socket socket)
    {
        var ended = new CancellationTokenSource();
        socket.OnDisconnect(_ => ended.Cancel());
        return TellAsync(socket, (LabRun)socket.Data[RunKey]!, ended.Token);
    }

    private static async Task TellAsync(Socket socket, LabRun run, CancellationToken ended)
    {
        // As if the client had not been heard of any more: the connection ends at once, without a farewell.
        void Break() => socket.Conn.Close(CloseReason.PingTimeout);

        using var visit = TryEnter(run, Break);

        if (visit is null)
        {
            Break();
            return;
        }

        var technique = TechniqueOf(socket.Conn.Transport.ToName());
        var reader = new LabReader(run, technique, ResumePoint.Start);

        try
        {
            while (!ended.IsCancellationRequested)
            {
                while (reader.TryRead(out var next, out var breaks))
                {
                    if (breaks)
                    {
                        Break();
                        return;
                    }

                    run.Traffic[technique].OnDelivered(1);
                    await socket.EmitAsync("message", new RawJson(next.Data, []));
                }

                await reader.WaitAsync(ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The socket has disconnected.
        }
    }

    private static LabVisit? TryEnter(LabRun run, Action abort)
    {
        try
        {
            return run.TryEnter(abort);
        }
        catch (LabException)
        {
            return null;
        }
    }

    private static LabTechnique TechniqueOf(string? transport) =>
        transport == "polling" ? LabTechnique.SocketIOPolling : LabTechnique.SocketIOWebSocket;
}
