namespace Salon.SocketIO.Adapters;

/// <summary>That one socket is in one room. A socket's memberships are a list, which starts with the one of the whole namespace.</summary>
internal sealed class Membership(Socket socket, Room room, int position)
{
    public Socket Socket => socket;

    public Room Room => room;

    /// <summary>Where the room keeps the member.</summary>
    public int Position { get; set; } = position;

    public Membership? Next { get; set; }

    /// <summary>Finds the membership of a room behind this one.</summary>
    public Membership? Find(string name)
    {
        for (var membership = Next; membership is not null; membership = membership.Next)
        {
            if (membership.Room.Name == name)
            {
                return membership;
            }
        }

        return null;
    }
}
