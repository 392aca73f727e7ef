using System.Net.WebSockets;
using System.Text;

namespace Salon.App.Tests.Fast;

/// <summary>A WebSocket without a network: it keeps what is sent, takes its time if it is told to, and may be lost.</summary>
internal sealed class RecordingSocket : WebSocket
{
    private readonly Lock _gate = new();
    private readonly List<string> _sent = [];
    private readonly TaskCompletionSource<WebSocketReceiveResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketState _state = WebSocketState.Open;

    /// <summary>Frames are taken once this has completed.</summary>
    public Task Network { get; set; } = Task.CompletedTask;

    /// <summary>Whether the client answers a goodbye.</summary>
    public bool Answers { get; init; } = true;

    public bool IsAborted { get; private set; }

    /// <summary>The frames, and in the end the status and the reason.</summary>
    public List<string> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public override void Abort()
    {
        IsAborted = true;
        _end.TrySetException(new OperationCanceledException());
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override async Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        await Network;
        _state = WebSocketState.CloseSent;
        Add($"{(int)closeStatus} {statusDescription}");

        if (Answers)
        {
            _end.TrySetResult(new WebSocketReceiveResult(0, WebSocketMessageType.Close, endOfMessage: true));
        }
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => _end.Task;

    public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        await Network;
        Add(Encoding.UTF8.GetString(buffer));
    }

    public override void Dispose()
    {
    }

    private void Add(string sent)
    {
        lock (_gate)
        {
            _sent.Add(sent);
        }
    }
}
