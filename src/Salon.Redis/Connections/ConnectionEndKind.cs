namespace Salon.Redis.Connections;

internal enum ConnectionEndKind
{
    ClosedByServer,
    Broken,

    /// <summary>What came cannot be read.</summary>
    NotRedis,

    /// <summary>Nothing came for too long.</summary>
    Silent,

    /// <summary>Another server has taken the place of this one.</summary>
    Replaced,

    /// <summary>It is not wanted any more.</summary>
    Stopped,
}
