namespace Salon.Drills.Faults;

/// <summary>What may go wrong. <c>--faults</c> names them.</summary>
internal enum FaultKind
{
    /// <summary>A node is ended with <c>kill -9</c>, and started again.</summary>
    KillNode,

    /// <summary>A node stands still for a while, as a machine does that is moved or swaps.</summary>
    FreezeNode,

    /// <summary>Redis crashes, and comes back empty.</summary>
    RestartRedis,

    /// <summary>Redis stands still for a while.</summary>
    FreezeRedis,

    /// <summary>Redis closes all connections.</summary>
    DropRedisClients,

    /// <summary>The connections between a node and Redis break, and new ones are refused for a while.</summary>
    CutRedis,

    /// <summary>What is between a node and Redis, in one way or both, is on its way for a while.</summary>
    HoldRedis,

    /// <summary>Between a node and Redis everything takes longer.</summary>
    DelayRedis,

    /// <summary>The connections of a node's clients break, and new ones are refused for a while.</summary>
    CutClients,

    /// <summary>What is between a node and its clients, in one way or both, is on its way for a while.</summary>
    HoldClients,

    /// <summary>Between a node and its clients everything takes longer.</summary>
    DelayClients,

    /// <summary>PostgreSQL is stopped, and started again. Only with <c>--database</c>.</summary>
    RestartDatabase,

    /// <summary>The connections between a node and PostgreSQL break. Only with <c>--database</c>.</summary>
    CutDatabase,
}
