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

    /// <summary>How many rooms one connection may be in.</summary>
    public const int RoomsPerConnection = 100;

    /// <summary>How many messages a newcomer gets.</summary>
    public const int HistoryOnJoin = 50;

    /// <summary>How many messages any answer holds.</summary>
    public const int HistoryPage = 200;

    /// <summary>How many messages a connection may send at once, and how many more each second.</summary>
    public const int MessageBurst = 100;
    public const int MessagesPerSecond = 20;

    /// <summary>The same for everything else that a connection asks for.</summary>
    public const int RequestBurst = 200;
    public const int RequestsPerSecond = 50;

    /// <summary>How long somebody whose connection was lost is still taken to be there.</summary>
    public static readonly TimeSpan DepartureGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long changes of who is in a room are gathered before the room is told.</summary>
    public static readonly TimeSpan PresenceInterval = TimeSpan.FromMilliseconds(100);
}
