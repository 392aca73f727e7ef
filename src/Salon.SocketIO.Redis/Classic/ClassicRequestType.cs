namespace Salon.SocketIO.Redis.Classic;

/// <summary>The requests of <c>@socket.io/redis-adapter</c>.</summary>
internal enum ClassicRequestType
{
    Sockets = 0,
    AllRooms = 1,
    RemoteJoin = 2,
    RemoteLeave = 3,
    RemoteDisconnect = 4,
    RemoteFetch = 5,
    ServerSideEmit = 6,
    Broadcast = 7,
    BroadcastClientCount = 8,
    BroadcastAck = 9,
}
