namespace Salon.SocketIO.Adapters;

/// <summary>That one socket is in one room. Guarded by the lock of the <see cref="RoomIndex"/>.</summary>
internal class Membership(Socket socket, Room room)
{
    public Socket Socket => socket;

    public Room Room => room;

    /// <summary>Where the room keeps the member.</summary>
    public int Position { get; set; }

    /// <summary>The next of the same socket, where they are a list.</summary>
    public Membership? Next { get; set; }
}
