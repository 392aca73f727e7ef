using Salon.Redis.Commands;
using Salon.Redis.Protocol;

namespace Salon.Redis;

/// <summary>
/// A command with its arguments, ready for the wire. It never changes, so it may be executed many times, and from any thread.
/// </summary>
public sealed class RedisCommand
{
    private readonly Range _key;

    private RedisCommand(string name, byte[] frame, bool hasKey, Range key, CommandTraits traits, bool isBlocking, TimeSpan? blocksAtMost)
    {
        Name = name;
        Frame = frame;
        HasKey = hasKey;
        _key = key;
        Traits = traits;
        IsBlocking = isBlocking;
        BlocksAtMost = blocksAtMost;
    }

    /// <summary>The name, in capitals.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether the server may let it wait, so that it runs on a connection of its own. Known of the commands of Redis that wait, such as
    /// <c>BLPOP</c>, or <c>XREAD</c> with <c>BLOCK</c>.
    /// </summary>
    public bool IsBlocking { get; }

    /// <summary>Whether it concerns a key, so that a cluster has one server for it.</summary>
    internal bool HasKey { get; }

    /// <summary>The first key; empty without one.</summary>
    internal ReadOnlySpan<byte> Key => Frame.AsSpan(_key);

    internal byte[] Frame { get; }

    internal CommandTraits Traits { get; }

    /// <summary>How long the server lets it wait; <see langword="null"/> for as long as it takes.</summary>
    internal TimeSpan? BlocksAtMost { get; }

    /// <summary>Creates a command. All arguments are copied.</summary>
    /// <param name="name">One word, such as <c>SET</c>. The second word of <c>CONFIG GET</c> is an argument.</param>
    /// <param name="arguments">What follows it.</param>
    /// <exception cref="ArgumentException">The name is empty or has spaces in it.</exception>
    /// <example><code>RedisCommand.Create("SET", "user:1:name", "Ada", "EX", 60)</code></example>
    public static RedisCommand Create(string name, params ReadOnlySpan<RedisArgument> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);

        if (name.AsSpan().ContainsAny(" \r\n\t"))
        {
            throw new ArgumentException("A command is one word; what follows it are arguments.", nameof(name));
        }

        name = name.ToUpperInvariant();
        var traits = CommandTable.Find(name, arguments);
        var keyIndex = traits.FindKey(arguments);
        var frame = CommandFrame.Write(name, arguments, keyIndex, out var key);

        return new RedisCommand(name, frame, keyIndex >= 0, key, traits, traits.Blocks, null);
    }

    /// <summary>The same command, on a connection of its own: nothing else waits behind it.</summary>
    /// <param name="atMost">
    /// For how long the server lets it wait; beyond that and <see cref="RedisOptions.CommandTimeout"/>, <see cref="RedisTimeoutException"/>
    /// is thrown. <see langword="null"/> for as long as it takes.
    /// </param>
    public RedisCommand AsBlocking(TimeSpan? atMost = null) => new(Name, Frame, HasKey, _key, Traits, isBlocking: true, atMost);

    /// <summary>The name alone: arguments may be secret.</summary>
    public override string ToString() => Name;
}
