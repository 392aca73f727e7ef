using Salon.App.Hosting;
using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>
/// One connection of somebody to the chat: answers what it asks for, within its limits. Its handlers run one at a time; only the end of
/// the connection may come while one of them waits.
/// </summary>
internal sealed class ChatConnection
{
    private readonly ChatServices _chat;
    private readonly Socket _socket;
    private readonly string _username;
    private readonly TokenBucket _messages;
    private readonly TokenBucket _requests;
    private readonly JoinedRooms _rooms = new();

    public ChatConnection(ChatServices chat, Socket socket, string username)
    {
        _chat = chat;
        _socket = socket;
        _username = username;
        _messages = new TokenBucket(ChatLimits.MessageBurst, ChatLimits.MessagesPerSecond, chat.TimeProvider);
        _requests = new TokenBucket(ChatLimits.RequestBurst, ChatLimits.RequestsPerSecond, chat.TimeProvider);
    }

    public void Listen()
    {
        _socket.On("room:list", async (RoomListRequest _, Ack ack) => await ack.SendAsync(await ListAsync()));
        _socket.On("room:create", async (RoomCreateRequest request, Ack ack) => await ack.SendAsync(await CreateAsync(request)));
        _socket.On("room:join", async (RoomJoinRequest request, Ack ack) => await ack.SendAsync(await JoinAsync(request)));
        _socket.On("room:leave", async (RoomLeaveRequest request, Ack ack) => await ack.SendAsync(await LeaveAsync(request)));
        _socket.On("room:history", async (RoomHistoryRequest request, Ack ack) => await ack.SendAsync(await ReadHistoryAsync(request)));
        _socket.On("message:send", async (MessageSendRequest request, Ack ack) => await ack.SendAsync(await SendAsync(request)));
        _socket.On("typing", async (TypingRequest request, Ack ack) => await ack.SendAsync(await TypeAsync(request)));
        _socket.OnDisconnect(OnDisconnected);
    }

    private async Task<RoomListReply> ListAsync()
    {
        Take(_requests);

        return new RoomListReply([.. (await _chat.Rooms.ListAsync())
            .OrderBy(static room => room.Key, StringComparer.Ordinal)
            .Select(room => new RoomSummary(room.Name, _chat.Presence.Count(room)))]);
    }

    private async Task<RoomCreateReply> CreateAsync(RoomCreateRequest request)
    {
        Take(_requests);
        var name = ParseRoom(request.Room);

        if (request.Visibility is not (null or "public"))
        {
            throw ChatErrors.InvalidArgument("The visibility of a room can be \"public\".");
        }

        var (room, isNew) = await _chat.Rooms.FindOrCreateAsync(name, _username);
        return isNew ? new RoomCreateReply(room.Name) : throw ChatErrors.AlreadyExists(room.Name);
    }

    private async Task<RoomJoinReply> JoinAsync(RoomJoinRequest request)
    {
        Take(_requests);
        var (room, _) = await _chat.Rooms.FindOrCreateAsync(ParseRoom(request.Room), _username);

        if (_rooms.Count >= ChatLimits.RoomsPerConnection && !_rooms.Contains(room))
        {
            throw ChatErrors.InvalidArgument($"One connection can be in {ChatLimits.RoomsPerConnection} rooms.");
        }

        // First joined, then read: what is said in between comes twice, which its number tells, instead of not at all.
        await _socket.JoinAsync(room.Group);
        var (page, head) = await ReadJoinedAsync(room, request.Since);

        while (_rooms.CanAdd(room) && !TryEnter(room, head))
        {
            (page, head) = await ReadJoinedAsync(room, request.Since);
        }

        return new RoomJoinReply(room.Name, head, _chat.Presence.GetMembers(room), page.Messages, page.HasMore);
    }

    private bool TryEnter(ChatRoom room, long head)
    {
        if (!_chat.Delivery.TryEnter(room, head))
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

    private async Task<(HistoryPage Page, long Head)> ReadJoinedAsync(ChatRoom room, long? since)
    {
        try
        {
            return since is { } number
                ? await _chat.History.SinceAsync(room, number, ChatLimits.HistoryPage)
                : await _chat.History.BeforeAsync(room, long.MaxValue, ChatLimits.HistoryOnJoin);
        }
        catch (SocketIOException) when (!_rooms.Contains(room))
        {
            // Who is told that it failed has not joined.
            await _socket.LeaveAsync(room.Group);
            throw;
        }
    }

    private async Task<OkReply> LeaveAsync(RoomLeaveRequest request)
    {
        Take(_requests);
        var room = await FindJoinedAsync(request.Room);

        await _socket.LeaveAsync(room.Group);

        if (_rooms.Remove(room))
        {
            Exit(room, isLost: false);
        }

        return new OkReply();
    }

    private async Task<RoomHistoryReply> ReadHistoryAsync(RoomHistoryRequest request)
    {
        Take(_requests);
        var room = await FindJoinedAsync(request.Room);
        var limit = Math.Clamp(request.Limit ?? ChatLimits.HistoryOnJoin, 1, ChatLimits.HistoryPage);

        var (page, _) = request.Since is { } since
            ? await _chat.History.SinceAsync(room, since, limit)
            : await _chat.History.BeforeAsync(room, request.Before ?? long.MaxValue, limit);

        return new RoomHistoryReply(room.Name, page.Messages, page.HasMore);
    }

    private async Task<MessageSendReply> SendAsync(MessageSendRequest request)
    {
        Take(_messages);
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

        var message = await _chat.Log.AppendAsync(room, _username, text, request.ClientMsgId, request.ReplyTo);
        return new MessageSendReply(message.Seq, message.Id, message.Time);
    }

    private async Task<OkReply> TypeAsync(TypingRequest request)
    {
        Take(_requests);
        var room = await FindJoinedAsync(request.Room);

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

    private static void Take(TokenBucket bucket)
    {
        if (!bucket.TryTake(out var retryAfter))
        {
            throw ChatErrors.RateLimited(retryAfter);
        }
    }

    private static string ParseRoom(string? name) =>
        ChatName.TryParse(name, ChatLimits.RoomNameLength, out var parsed) ? parsed : throw ChatErrors.InvalidRoom;

    private async ValueTask<ChatRoom> FindJoinedAsync(string? name)
    {
        var parsed = ParseRoom(name);
        var room = await _chat.Rooms.FindAsync(parsed) ?? throw ChatErrors.NotFound(parsed);

        return _rooms.Contains(room) ? room : throw ChatErrors.NotAMember(room.Name);
    }

    private static string ParseText(string? text)
    {
        // Half a surrogate pair is no text, and the database would store something else for it.
        var trimmed = text?.Replace("\r\n", "\n", StringComparison.Ordinal).Trim() ?? "";

        return trimmed.Length switch
        {
            0 => throw ChatErrors.Empty,
            > ChatLimits.MessageLength => throw ChatErrors.TooLong,
            _ => trimmed,
        };
    }
}
