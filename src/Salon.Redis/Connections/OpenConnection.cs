using System.Net;
using System.Net.Sockets;

namespace Salon.Redis.Connections;

/// <summary>A connection that has been made, and that a <see cref="RedisConnection"/> will use.</summary>
internal sealed record OpenConnection(DnsEndPoint EndPoint, Socket Socket, Stream Stream, ReplyStream Replies) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}
