using System.Net;

namespace Salon.Redis.Connections;

/// <summary>Knows which server to connect to. Asked before each attempt.</summary>
internal interface IEndPointSource
{
    /// <summary>Who the client is to that server.</summary>
    Credentials Credentials { get; }

    /// <summary>Whether the server must be a master.</summary>
    bool MustBeMaster { get; }

    /// <exception cref="ConnectFailedException">Nobody knows.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<DnsEndPoint> FindAsync(CancellationToken cancellationToken);
}
