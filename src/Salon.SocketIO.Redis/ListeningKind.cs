namespace Salon.SocketIO.Redis;

/// <summary>How a channel is named to Redis.</summary>
internal enum ListeningKind
{
    Channel,
    Pattern,
    Sharded,
}
