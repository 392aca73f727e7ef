using Salon.App.Hosting.Budgets;

namespace Salon.App.Chat;

/// <summary>What bounds the chat. <c>docs/operations/limits.md</c> explains the numbers.</summary>
internal static class ChatLimits
{
    public const int UsernameLength = 32;
    public const int RoomNameLength = 50;
    public const int MessageLength = 5_000;
    public const int ClientMsgIdLength = 64;

    /// <summary>How many rooms there may be.</summary>
    public const int Rooms = 10_000;

    /// <summary>How old a list of rooms may be, so that many who ask for it at once cost one question to the database.</summary>
    public static readonly TimeSpan RoomListAge = TimeSpan.FromSeconds(1);

    /// <summary>How many rooms an answer lists.</summary>
    public const int RoomListPage = 200;

    /// <summary>How long nobody must have been in a room in which nothing was ever said, until it is removed.</summary>
    public static readonly TimeSpan UnusedRoomAge = TimeSpan.FromHours(1);

    /// <summary>The same when there are too many rooms; longer than <see cref="KeepRoomInterval"/>, with time to spare.</summary>
    public static readonly TimeSpan UnusedRoomMinAge = TimeSpan.FromMinutes(5);

    /// <summary>How often, at most, rooms are removed because there are too many.</summary>
    public static readonly TimeSpan MakeRoomInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often each node says in which of such rooms people are, and removes those that are not used.</summary>
    public static readonly TimeSpan KeepRoomInterval = TimeSpan.FromMinutes(1);

    /// <summary>How many rooms one connection may be in.</summary>
    public const int RoomsPerConnection = 100;

    /// <summary>How many messages a newcomer gets.</summary>
    public const int HistoryOnJoin = 50;

    /// <summary>How many messages any answer holds.</summary>
    public const int HistoryPage = 200;

    /// <summary>How many messages a session may send at once, and how many more each second.</summary>
    public const int MessageBurst = 100;
    public const int MessagesPerSecond = 20;

    /// <summary>The same for everything else that a session asks for.</summary>
    public const int RequestBurst = 200;
    public const int RequestsPerSecond = 50;

    /// <summary>How long somebody whose connection was lost is still taken to be there.</summary>
    public static readonly TimeSpan DepartureGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long changes of who is in a room are gathered before the room is told.</summary>
    public static readonly TimeSpan PresenceInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How many people a room may have to be told all of them at each change; a larger one is told the changes.</summary>
    public const int PresenceListPeople = 50;

    /// <summary>How often a larger room is told all of them nevertheless, for clients that know nothing of changes.</summary>
    public static readonly TimeSpan PresenceListInterval = TimeSpan.FromSeconds(10);

    // By address the limits are those of a school of 300 people behind one, or of all clients behind a proxy that nobody told us of: what they
    // do together in normal use, coming back all at once included.
    public static readonly Rate SessionMessages = new(MessageBurst, MessagesPerSecond);
    public static readonly Rate AddressMessages = new(2_000, 400);

    public static readonly Rate SessionRequests = new(RequestBurst, RequestsPerSecond);
    public static readonly Rate AddressRequests = new(10_000, 1_000);

    /// <summary>New rooms: one every half minute, and one every three minutes from an address, which would take three weeks to found all.</summary>
    public static readonly Rate SessionRooms = new(120, 1 / 30.0);
    public static readonly Rate AddressRooms = new(300, 1 / 180.0);

    /// <summary>Bytes of answers: histories, lists, the people of a room that is joined.</summary>
    public static readonly Rate SessionAnswerBytes = new(4 * 1024 * 1024, 512 * 1024);
    public static readonly Rate AddressAnswerBytes = new(128 * 1024 * 1024, 16 * 1024 * 1024);

    /// <summary>Bytes of a client's messages and signs of typing, times the people who get them.</summary>
    public static readonly Rate SessionFanOutBytes = new(32 * 1024 * 1024, 4 * 1024 * 1024);
    public static readonly Rate AddressFanOutBytes = new(128 * 1024 * 1024, 32 * 1024 * 1024);

    /// <summary>Bytes of who comes, goes and is there, times the connections that are told, of one room and of all.</summary>
    public static readonly Rate RoomPresenceBytes = new(8 * 1024 * 1024, 1024 * 1024);
    public static readonly Rate PresenceBytes = new(64 * 1024 * 1024, 16 * 1024 * 1024);
}
