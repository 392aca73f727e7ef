namespace Salon.SocketIO.Adapters;

/// <summary>What joining or leaving a room changed.</summary>
internal enum RoomChange
{
    /// <summary>Nothing: the socket was there, or was not.</summary>
    None,

    /// <summary>The room has one member more, or less.</summary>
    Member,

    /// <summary>The room came with its first member, or went with its last.</summary>
    MemberAndRoom,

    /// <summary>Nothing: the socket is in as many rooms as it may be.</summary>
    TooManyRooms,
}
