namespace Salon.Redis.Commands;

/// <summary>Where the first key of a command stands; the others must be in the same slot anyway.</summary>
internal enum KeyRule
{
    First,
    Second,
    Third,

    /// <summary>The number of keys is the first argument, and they follow.</summary>
    AfterFirst,

    /// <summary>The number of keys is the second argument, and they follow.</summary>
    AfterSecond,

    /// <summary>After the word <c>STREAMS</c>.</summary>
    AfterStreams,

    None,
}
