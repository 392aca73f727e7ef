using System.Text;
using Salon.App.Hosting.Budgets;
using Salon.App.Texts;
using Salon.Http;
using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>
/// One connection of somebody to the chat: answers what it asks for, within the budgets of its session and its address. Its handlers run one
/// at a time; only the end of the connection may come while one of them waits.
/// </summary>
internal sealed class ChatConnection
{
    private const int MaxJoinAttempts = 3;

    private readonly ChatServices _chat;
    private readonly Socket _socket;
    private readonly string _username;
    private readonly ChatAllowance _allowance;
    private readonly JoinedRooms _rooms = new();

    public ChatConnection(ChatServices chat, Socket socket, string username)
    {
        _chat = chat;
        _socket = socket;
        _username = username;
        _allowance = new ChatAllowance(chat.Budgets, new ClientKey(socket.Conn.Id, ClientAddress.Of(socket.Handshake.Address)));
    }

    public void Listen()
    {
        _socket.On("room:list", (RoomListRequest request, Ack ack) => _allowance.TryTakeAnswer(out var wait) ? AnswerAsync(ack, ListAsync(request)) : Refuse(ack, wait));
        _socket.On("room:create", (RoomCreateRequest request, Ack ack) => _allowance.TryTakeRequest(out var wait) ? AnswerAsync(ack, CreateAsync(request)) : Refuse(ack, wait));
        _socket.On("room:join", (RoomJoinRequest request, Ack ack) => _allowance.TryTakeAnswer(out var wait) ? AnswerAsync(ack, JoinAsync(request)) : Refuse(ack, wait));
        _socket.On("room:leave", (RoomLeaveRequest request, Ack ack) => _allowance.TryTakeRequest(out var wait) ? AnswerAsync(ack, LeaveAsync(request)) : Refuse(ack, wait));
        _socket.On("room:history", (RoomHistoryRequest request, Ack ack) => _allowance.TryTakeAnswer(out var wait) ? AnswerAsync(ack, ReadHistoryAsync(request)) : Refuse(ack, wait));
        _socket.On("message:send", (MessageSendRequest request, Ack ack) => _allowance.TryTakeMessage(out var wait) ? AnswerAsync(ack, SendAsync(request)) : Refuse(ack, wait));
        _socket.On("typing", (TypingRequest request, Ack ack) => _allowance.TryTakeRequest(out var wait) ? AnswerAsync(ack, TypeAsync(request)) : Refuse(ack, wait));
        _socket.OnDisconnect(OnDisconnected);
    }

    private static async Task AnswerAsync<T>(Ack ack, Task<T> answer) => await ack.SendAsync(await answer);

    /// <summary>Tells who asks too much to wait. Without an exception: a flood consists of that.</summary>
    private static Task Refuse(Ack ack, TimeSpan wait) => ack.SendErrorAsync(ChatErrors.RateLimitedCode, ChatErrors.RateLimitedMessage, wait);

    private async Task<RawJson> ListAsync(RoomListRequest request)
    {
        if (request.After is not null && !ChatName.TryTidy(request.After, ChatLimits.RoomNameLength, out _))
        {
            throw ChatErrors.InvalidRoom;
        }

        var limit = Math.Clamp(request.Limit ?? ChatLimits.RoomListPage, 1, ChatLimits.RoomListPage);
        return _allowance.ToAnswer((await _chat.Rooms.ListAsync()).WritePage(request.After, limit, _chat.Presence));
    }

    private async Task<RoomCreateReply> CreateAsync(RoomCreateRequest request)
    {
        if (request.Visibility is not (null or "public"))
        {
            throw ChatErrors.InvalidArgument("The visibility of a room can be \"public\".");
        }

        var (room, isNew) = await FindOrFoundAsync(request.Room);
        return isNew ? new RoomCreateReply(room.Name) : throw ChatErrors.AlreadyExists(room.Name);
    }

    private async ValueTask<(ChatRoom Room, bool IsNew)> FindOrFoundAsync(string? given)
    {
        var (found, name) = await FindAsync(given);

        if (found is not null)
        {
            return (found, false);
        }

        _allowance.TakeRoom();
        return await _chat.Rooms.FoundAsync(name, _username);
    }

    /// <returns>The room, and the name as it is written.</returns>
    private async ValueTask<(ChatRoom? Room, string Name)> FindAsync(string? given)
    {
        // A room may be older than the rules for names: who knows its name gets in.
        if (!ChatName.TryTidy(given, ChatLimits.RoomNameLength, out var stored))
        {
            throw ChatErrors.InvalidRoom;
        }

        var isValid = ChatName.TryParse(stored, ChatLimits.RoomNameLength, out var name);

        if ((!isValid || name != stored) && await _chat.Rooms.FindExactlyAsync(stored) is { } old)
        {
            return (old, old.Name);
        }

        return isValid ? (await _chat.Rooms.FindAsync(name), name) : throw ChatErrors.InvalidRoom;
    }

    private async Task<RawJson> JoinAsync(RoomJoinRequest request)
    {
        for (var attempt = 0; attempt < MaxJoinAttempts; attempt++)
        {
            var (room, _) = await FindOrFoundAsync(request.Room);

            if (_rooms.Count >= ChatLimits.RoomsPerConnection && !_rooms.Contains(room))
            {
                throw ChatErrors.InvalidArgument($"One connection can be in {ChatLimits.RoomsPerConnection} rooms.");
            }

            if (await TryJoinAsync(room, request.Since) is { } reply)
            {
                return _allowance.ToAnswer(ChatJson.Encode(reply));
            }
        }

        // Removed three times in a moment: whatever goes on there, it will be over soon.
        throw ChatErrors.Unavailable;
    }

    /// <returns><see langword="null"/> when the room has been removed since it was found.</returns>
    private async Task<RoomJoinReply?> TryJoinAsync(ChatRoom room, long? since)
    {
        // First joined, then read: what is said in between comes twice, which its number tells, instead of not at all.
        await _socket.JoinAsync(room.Group);
        var joined = await TryReadJoinedAsync(room, since);

        while (joined is { } read && _rooms.CanAdd(room) && !TryEnter(room, read.Head, read.ReachedBefore))
        {
            joined = await TryReadJoinedAsync(room, since);
        }

        return joined is { } known
            ? new RoomJoinReply(room.Name, known.Head, _chat.Presence.GetMembers(room), known.Page.Messages, known.Page.HasMore)
            : null;
    }

    private bool TryEnter(ChatRoom room, long head, long reachedBefore)
    {
        if (!_chat.Delivery.TryEnter(room, head, reachedBefore))
        {
            return false;
        }

        _chat.Presence.Enter(room, _username);

        // Last: the end of the connection leaves only rooms that were entered, and what it does not leave is left here.
        if (!_rooms.TryAdd(room))
        {
            Exit(room, isLost: true);
        }

        return true;
    }

    private void Exit(ChatRoom room, bool isLost)
    {
        _chat.Delivery.Leave(room);
        _chat.Presence.Leave(room, _username, isLost);
    }

    private async Task<(HistoryPage Page, long Head, long ReachedBefore)?> TryReadJoinedAsync(ChatRoom room, long? since)
    {
        var reached = _chat.Delivery.GetReached(room);

        try
        {
            var read = since is { } number
                ? await _chat.History.SinceAsync(room, number, ChatLimits.HistoryPage)
                : await _chat.History.BeforeAsync(room, long.MaxValue, ChatLimits.HistoryOnJoin);

            // A room in which nothing was said may be about to go.
            if (read.Head > 0 || await _chat.Rooms.TryKeepAsync(room))
            {
                return (read.Page, read.Head, reached);
            }
        }
        catch (SocketIOException)
        {
            await LeaveGroupAsync(room);
            throw;
        }

        await LeaveGroupAsync(room);
        return null;
    }

    /// <summary>Who is told that it failed has not joined.</summary>
    private Task LeaveGroupAsync(ChatRoom room) => _rooms.Contains(room) ? Task.CompletedTask : _socket.LeaveAsync(room.Group);

    private async Task<OkReply> LeaveAsync(RoomLeaveRequest request)
    {
        var room = await FindJoinedAsync(request.Room);

        await _socket.LeaveAsync(room.Group);

        if (_rooms.Remove(room))
        {
            Exit(room, isLost: false);
        }

        return new OkReply();
    }

    private async Task<RawJson> ReadHistoryAsync(RoomHistoryRequest request)
    {
        var room = await FindJoinedAsync(request.Room);
        var limit = Math.Clamp(request.Limit ?? ChatLimits.HistoryOnJoin, 1, ChatLimits.HistoryPage);

        var (page, _) = request.Since is { } since
            ? await _chat.History.SinceAsync(room, since, limit)
            : await _chat.History.BeforeAsync(room, request.Before ?? long.MaxValue, limit);

        return _allowance.ToAnswer(ChatJson.Encode(new RoomHistoryReply(room.Name, page.Messages, page.HasMore)));
    }

    private async Task<MessageSendReply> SendAsync(MessageSendRequest request)
    {
        var room = await FindJoinedAsync(request.Room);
        var text = ParseText(request.Text);

        if (request.ClientMsgId is { Length: 0 or > ChatLimits.ClientMsgIdLength })
        {
            throw ChatErrors.InvalidArgument($"A clientMsgId has 1 to {ChatLimits.ClientMsgIdLength} characters.");
        }

        if (request.ClientMsgId?.StartsWith(ChatMessage.ExternalPrefix, StringComparison.Ordinal) == true)
        {
            throw ChatErrors.InvalidArgument($"A clientMsgId does not begin with \"{ChatMessage.ExternalPrefix}\".");
        }

        if (request.ReplyTo < 1)
        {
            throw ChatErrors.InvalidArgument("replyTo is the number of a message.");
        }

        _allowance.TakeFanOut(Encoding.UTF8.GetByteCount(text), _chat.Presence.CountReceivers(room));
        var message = await _chat.Log.AppendAsync(room, _username, text, request.ClientMsgId, request.ReplyTo);
        return new MessageSendReply(message.Seq, message.Id, message.Time);
    }

    private async Task<OkReply> TypeAsync(TypingRequest request)
    {
        var room = await FindJoinedAsync(request.Room);
        _allowance.TakeFanOut(bytes: 0, _chat.Presence.CountReceivers(room));

        // Volatile: whoever cannot be told now need not be told later.
        await _socket.Volatile.To(room.Group).EmitAsync("typing", new TypingAnnouncement(room.Name, _username, request.On));
        return new OkReply();
    }

    private void OnDisconnected(DisconnectReason reason)
    {
        var isLost = reason != DisconnectReason.ClientNamespaceDisconnect;

        foreach (var room in _rooms.Close())
        {
            Exit(room, isLost);
        }
    }

    private async ValueTask<ChatRoom> FindJoinedAsync(string? given)
    {
        var (found, name) = await FindAsync(given);
        var room = found ?? throw ChatErrors.NotFound(name);

        return _rooms.Contains(room) ? room : throw ChatErrors.NotAMember(room.Name);
    }

    private static string ParseText(string? given) =>
        MessageText.Parse(given?.Replace("\r\n", "\n", StringComparison.Ordinal), ChatLimits.MessageLength, out var text) switch
        {
            TextProblem.Empty => throw ChatErrors.Empty,
            TextProblem.TooLong => throw ChatErrors.TooLong,
            TextProblem.Invalid => throw ChatErrors.InvalidText,
            _ => text,
        };
}
