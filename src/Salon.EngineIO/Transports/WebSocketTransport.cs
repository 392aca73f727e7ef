using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.EventLoops;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.WebSockets;
using Salon.Timing;

namespace Salon.EngineIO.Transports;

/// <summary>
/// A session on a WebSocket: one packet a frame (Engine.IO v4, "WebSocket"). It either opens a session or takes one over from polling,
/// and lives as long as the request that it was accepted from. As a deadline, it is the time that a client has to answer our close frame.
/// </summary>
internal sealed partial class WebSocketTransport : Deadline, ISessionTransport, IWebSocketReceiver
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    // What is on its way to a connection that failed; where the client cannot be told the end otherwise, it waits so long for it.
    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(1);

    private readonly EngineServer _server;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly Action? _endSending;
    private Action? _abort;
    private SendQueue _queue;
    private EngineSession? _session;
    private UpgradeAttempt? _upgrade;
    private CloseStatus? _readStatus;
    private int _isClosing;
    private volatile bool _hasFailed;

    public WebSocketTransport(EngineServer server, AcceptedWebSocket accepted)
    {
        var options = server.Options;

        _server = server;
        _abort = accepted.Abort;
        _endSending = accepted.EndSending;

        if (accepted.Stream is LoopSocket socket)
        {
            server.Lateness.Watch(socket.Loop);
        }

        _queue = new SendQueue(options.MaxSendQueueBytes);
        _reader = new WebSocketReader(accepted.Stream, this, new MessageAssembler(options.MaxHttpBufferSize, accepted.IsCompressed));
        _writer = new WebSocketWriter(accepted.Stream, accepted.IsCompressed ? options.PerMessageDeflateThreshold : null, OnBroken);
    }

    public EngineTransport Kind => EngineTransport.WebSocket;

    public bool HasFailed => _hasFailed;

    /// <summary>Carries a session from its first packet to its end.</summary>
    public async Task RunAsync(EngineSession session)
    {
        Carry(session);

        var end = await ReadAsync();
        session.Close(ToReason(end));

        await FinishAsync(end);
    }

    /// <summary>Tries to take a session over from polling, and carries it when that succeeds.</summary>
    public async Task RunUpgradeAsync(EngineSession session)
    {
        _writer.Drain(_queue);
        _upgrade = session.TryBeginUpgrade(this);

        if (_upgrade is null)
        {
            // The session has a WebSocket already. Refusing the handshake would be shorter, but clients expect an open and a close.
            Refuse(CloseReason.ForcedClose);
        }

        var end = await ReadAsync();

        if (_session is null)
        {
            _upgrade?.Abandon();
            Refuse(ToReason(end));
        }
        else
        {
            session.Close(ToReason(end));
        }

        await FinishAsync(end);
    }

    /// <summary>Becomes the transport of this session, whose queue is drained from here on.</summary>
    public void Carry(EngineSession session)
    {
        _session = session;
        _queue = session.Queue;
        _writer.Drain(session.Queue);
    }

    /// <summary>Queues the answer to a ping or to a probe; one that cannot be read yet is replaced.</summary>
    public void SendPong(EngineMessage pong) => _queue.TryAddPong(pong);

    public void Close(EngineSession session, CloseReason reason) => Close(session.Queue, reason);

    /// <summary>Closes a connection that carries no session.</summary>
    public void Refuse(CloseReason reason) => Close(_queue, reason);

    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
    {
        if (!TryParse(data, isBinary, out var packet))
        {
            return OnGarbage();
        }

        if (_session is not { } session)
        {
            return _upgrade?.OnPacketAsync(packet) ?? default;
        }

        return session.OnPacketAsync(packet);
    }

    public void OnPing(ReadOnlySpan<byte> payload)
    {
        _session?.OnAlive();
        SendPong(EngineMessage.CreateControl(Opcode.Pong, payload));
    }

    public void OnPong() => _session?.OnAlive();

    public ValueTask WaitForTurnAsync(int cost)
    {
        var session = _session ?? _upgrade?.Session;
        return session is null ? default : session.WaitForTurnAsync(cost);
    }

    /// <summary>The client did not answer our close frame in time.</summary>
    protected internal override void OnDue() => Abort();

    /// <summary>Nothing can be written any more. Reading ends with the connection, and closes the session.</summary>
    private void OnBroken(Exception? exception)
    {
        if (exception is not null)
        {
            _server.Guard.Fail("WebSocket", exception, state: false, static (logger, exception, _) => Log.WriteFailed(logger, exception));

            // Not here: closing calls handlers, and whoever sends to many must not wait for those of one.
            ThreadPool.UnsafeQueueUserWorkItem(static transport => transport.EndSession(), this, preferLocal: false);
        }

        Abort();
    }

    // As on a timer's thread: nobody is above it.
    private void EndSession() => _server.Guard.Call(nameof(EngineSession.Close), _session, static session => session?.Close(CloseReason.TransportError));

    private void Abort() => Interlocked.Exchange(ref _abort, null)?.Invoke();

    private void Close(SendQueue queue, CloseReason reason)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
        {
            return;
        }

        _hasFailed = reason is CloseReason.TransportError or CloseReason.ParseError;

        if (reason.FlushesQueue())
        {
            queue.Complete(discard: false, CreateCloseFrame(_readStatus ?? reason.ToCloseStatus(), reason));
            _server.Deadlines.Schedule(this, CloseTimeout);
        }
        else
        {
            queue.Complete(discard: true);
            Abort();
        }
    }

    private bool TryParse(ReadOnlyMemory<byte> data, bool isBinary, out EnginePacket packet)
    {
        if (_session is { Protocol: 3 })
        {
            return isBinary ? OldPacket.TryParseBinary(data, out packet) : OldPacket.TryParseText(data, out packet);
        }

        packet = new EnginePacket(EnginePacketType.Message, data, IsBinary: true);
        return isBinary || EnginePacket.TryParseText(data, out packet);
    }

    private ValueTask OnGarbage()
    {
        if (_session is { } session)
        {
            session.Close(CloseReason.ParseError);
        }
        else
        {
            _upgrade?.Fail();
        }

        return default;
    }

    private async Task<ReadEnd> ReadAsync()
    {
        ReadEnd end;

        try
        {
            end = await _reader.ReadToEndAsync();
        }
        catch (Exception exception)
        {
            // Nothing that is known to happen. The session must end all the same, or it would wait for its ping timeout.
            _server.Guard.Fail("WebSocket", exception, state: false, static (logger, exception, _) => Log.ReadFailed(logger, exception));
            end = ReadEnd.Violation(CloseStatus.InternalError);
        }

        if (end.Kind != ReadEndKind.Lost)
        {
            // Our close frame repeats the client's status, or names the rule that it broke.
            _readStatus = end.Status;
        }

        return end;
    }

    private async Task FinishAsync(ReadEnd end)
    {
        await _writer.FinishAsync();

        if (end.Kind == ReadEndKind.Violation)
        {
            EndSending();
            await _reader.DiscardAsync();
        }

        // From here on the request ends, and its objects may serve another one.
        _server.Deadlines.Cancel(this);
        Interlocked.Exchange(ref _abort, null);
    }

    /// <summary>RFC 6455, section 7.1.7: a connection that failed ends, after its close frame.</summary>
    private void EndSending()
    {
        if (_endSending is not null)
        {
            _endSending();
        }
        else
        {
            _server.Deadlines.Schedule(this, LingerTimeout);
        }
    }

    private static CloseReason ToReason(ReadEnd end) =>
        end.Kind == ReadEndKind.Violation ? CloseReason.TransportError : CloseReason.TransportClose;

    private static EngineMessage CreateCloseFrame(CloseStatus status, CloseReason reason)
    {
        if (status == CloseStatus.None)
        {
            return EngineMessage.CreateControl(Opcode.Close, []);
        }

        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        var length = 2 + Encoding.ASCII.GetBytes(reason.ToText(), payload[2..]);

        return EngineMessage.CreateControl(Opcode.Close, payload[..length]);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Writing to a WebSocket failed; it is closed.", EventName = nameof(WriteFailed))]
        public static partial void WriteFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "Reading from a WebSocket failed; it is closed.", EventName = nameof(ReadFailed))]
        public static partial void ReadFailed(ILogger logger, Exception exception);
    }
}
