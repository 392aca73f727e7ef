namespace Salon.Redis.Commands;

/// <summary>What the client must know of a command.</summary>
/// <param name="Key">Where its key stands.</param>
/// <param name="Blocks">Whether the server may let it wait, and all that follows on the connection with it.</param>
/// <param name="ChangesConnection">Whether it changes what others on the same connection get.</param>
internal readonly record struct CommandTraits(KeyRule Key, bool Blocks = false, bool ChangesConnection = false)
{
    /// <returns>Which argument is the key; -1 for none.</returns>
    public int FindKey(ReadOnlySpan<RedisArgument> arguments)
    {
        var index = Key switch
        {
            KeyRule.First => 0,
            KeyRule.Second => 1,
            KeyRule.Third => 2,
            KeyRule.AfterFirst => HasKeys(arguments, 0) ? 1 : -1,
            KeyRule.AfterSecond => HasKeys(arguments, 1) ? 2 : -1,
            KeyRule.AfterStreams when FindWord(arguments, "STREAMS") is >= 0 and var word => word + 1,
            _ => -1,
        };

        return index < arguments.Length ? index : -1;
    }

    /// <returns>The place of a word; -1 when it is not there.</returns>
    public static int FindWord(ReadOnlySpan<RedisArgument> arguments, string word)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Is(word))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool HasKeys(ReadOnlySpan<RedisArgument> arguments, int index) => index < arguments.Length && !arguments[index].IsZero();
}
