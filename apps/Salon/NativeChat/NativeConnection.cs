using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Salon.App.Chat;
using Salon.App.Hosting.Budgets;
using Salon.App.Texts;
using Salon.Http;

namespace Salon.App.NativeChat;

/// <summary>
/// One browser: reads its frames, checks them, and hands what they say to the room. One task reads, another sends; nothing that a frame
/// causes waits for anything.
/// </summary>
internal sealed class NativeConnection
{
    private const int ReadSize = 4096;

    // What a message has besides its text.
    private const int FrameBytes = 200;

    private readonly WebSocket _socket;
    private readonly NativeRoom _room;
    private readonly NativeChatBudgets _budgets;
    private readonly ClientAddress _address;
    private readonly TimeProvider _time;
    private readonly NativeOutbox _outbox;
    private readonly TokenBucket _frames;
    private readonly TokenBucket _refusals;
    private readonly TokenBucket _fanOut;
    private ArrayBufferWriter<byte> _frame = new(ReadSize);

    public NativeConnection(WebSocket socket, NativeRoom room, NativeChatBudgets budgets, ClientAddress address, TimeProvider time)
    {
        (_socket, _room, _budgets, _address, _time) = (socket, room, budgets, address, time);
        _outbox = new NativeOutbox(socket);
        _frames = new TokenBucket(NativeChatLimits.ConnectionFrames, time);
        _refusals = new TokenBucket(NativeChatLimits.ConnectionRefusals, time);
        _fanOut = new TokenBucket(NativeChatLimits.ConnectionFanOutBytes, time);
    }

    /// <summary>Who this is in the room: what <see cref="ChatName.ToKey"/> makes of the name; <see langword="null"/> until they have joined. The room's to set.</summary>
    public string? Key { get; set; }

    /// <summary>Why it ends, once that is decided.</summary>
    public Farewell? Farewell => _outbox.Farewell;

    public void Send(ReadOnlyMemory<byte> frame) => _outbox.Send(frame);

    public void Close(Farewell farewell) => _outbox.Close(farewell);

    /// <summary>Lives as long as the connection.</summary>
    public async Task RunAsync()
    {
        await using var timer = _time.CreateTimer(_ => OnJoinTimeout(), null, NativeChatLimits.JoinTimeout, Timeout.InfiniteTimeSpan);
        Send(new HelloFrame(Version: 1, NativeChatLimits.TextLength).Encode());

        var receiving = ReceiveAsync();
        var sending = _outbox.RunAsync();

        await Task.WhenAny(receiving, _outbox.Closing);
        Close(Farewell.Bye);
        _room.Leave(this);

        var ended = Task.WhenAll(receiving, sending);

        try
        {
            await ended.WaitAsync(NativeChatLimits.CloseTimeout, _time);
        }
        catch (TimeoutException)
        {
            _socket.Abort();
            await ended;
        }
    }

    /// <remarks>No token is passed: cancelling a receive aborts the WebSocket, and with it what is still queued.</remarks>
    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(_frame.GetMemory(ReadSize), CancellationToken.None);

                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                // Whoever is being sent away is still read, or a client in the middle of sending would see a reset instead of the reason.
                if (!_outbox.Closing.IsCompleted)
                {
                    OnRead(read);
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The connection was lost, did not answer pings, or broke the rules of WebSockets: then .NET has closed it with 1002 or 1007.
        }
    }

    private void OnRead(ValueWebSocketReceiveResult read)
    {
        _frame.Advance(read.Count);

        if (read.MessageType == WebSocketMessageType.Binary)
        {
            Close(Farewell.Binary);
        }
        else if (_frame.WrittenCount > NativeChatLimits.FrameBytes)
        {
            Close(Farewell.TooBig);
        }
        else if (read.EndOfMessage)
        {
            OnFrame(_frame.WrittenSpan);
        }
        else
        {
            return;
        }

        // What a large frame needed is not kept for the small ones.
        _frame = _frame.Capacity > 4 * ReadSize ? new ArrayBufferWriter<byte>(ReadSize) : _frame;
        _frame.ResetWrittenCount();
    }

    private void OnFrame(ReadOnlySpan<byte> utf8)
    {
        if (!_frames.TryTake(out var retryAfter))
        {
            Refuse(NativeChatErrors.RateLimited(retryAfter));
            return;
        }

        if (!_budgets.Frames.TryTake(_address, 1, out retryAfter))
        {
            // Others of its address may have used it up: that is no reason to send this one away.
            Send(NativeChatErrors.RateLimited(retryAfter).Encode());
            return;
        }

        var refusal = ClientFrame.TryParse(utf8, out var frame) ? Handle(frame) : Judge(utf8);

        if (refusal is not null)
        {
            Refuse(refusal);
        }
    }

    /// <returns>Why not, if it is refused.</returns>
    private ErrorFrame? Handle(ClientFrame frame)
    {
        switch (frame)
        {
            case JoinFrame join:
                return Join(join);

            case SayFrame say:
                return Say(say);

            default:
                Send(new PongFrame().Encode());
                return null;
        }
    }

    private ErrorFrame? Join(JoinFrame frame)
    {
        if (!ChatName.TryParse(frame.Name, NativeChatLimits.NameLength, out var name))
        {
            return NativeChatErrors.InvalidName;
        }

        if (frame.Session is not { Length: >= NativeChatLimits.MinSessionLength and <= NativeChatLimits.SessionLength } session)
        {
            return NativeChatErrors.InvalidSession;
        }

        return _room.Join(this, name, session);
    }

    private ErrorFrame? Say(SayFrame frame)
    {
        if (frame.Id is not { Length: > 0 and <= NativeChatLimits.IdLength } id)
        {
            return NativeChatErrors.InvalidId;
        }

        return MessageText.Parse(frame.Text?.ReplaceLineEndings("\n"), NativeChatLimits.TextLength, out var text) switch
        {
            TextProblem.Empty => NativeChatErrors.Empty(id),
            TextProblem.TooLong => NativeChatErrors.TooLong(id),
            TextProblem.Invalid => NativeChatErrors.InvalidText(id),
            _ when !TryTakeFanOut(text, out var retryAfter) => NativeChatErrors.RateLimited(retryAfter) with { Id = id },
            _ => _room.Say(this, id, text),
        };
    }

    /// <summary>Says what is wrong with a frame that cannot be read, and if it is a message, which: its writer waits for an answer to it.</summary>
    private static ErrorFrame Judge(ReadOnlySpan<byte> utf8) =>
        NativeChatErrors.InvalidFrame with { Id = UnreadableFrame.FindId(utf8) is { Length: > 0 and <= NativeChatLimits.IdLength } id ? id : null };

    /// <summary>Whether what everybody is sent because of a message is not too much.</summary>
    private bool TryTakeFanOut(string text, out TimeSpan retryAfter)
    {
        var bytes = (double)(FrameBytes + Encoding.UTF8.GetByteCount(text)) * _room.CountReceivers();

        if (!_fanOut.TryTake(bytes, out retryAfter))
        {
            return false;
        }

        if (_budgets.FanOut.TryTake(_address, bytes, out retryAfter))
        {
            return true;
        }

        _fanOut.Return(bytes);
        return false;
    }

    private void Refuse(ErrorFrame error)
    {
        Send(error.Encode());

        if (!_refusals.TryTake(out _))
        {
            Close(Farewell.TooManyErrors);
        }
    }

    private void OnJoinTimeout()
    {
        if (Key is null)
        {
            Close(Farewell.NoName);
        }
    }
}
