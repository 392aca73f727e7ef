using System.Collections.Frozen;

namespace Salon.Redis.Commands;

/// <summary>The commands that are not like most: whose first argument is no key, that wait, or that belong to a connection.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, CommandTraits> Traits = Describe().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static CommandTraits Find(string name, ReadOnlySpan<RedisArgument> arguments)
    {
        var traits = Traits.GetValueOrDefault(name);

        if (traits.Key == KeyRule.AfterStreams)
        {
            return traits with { Blocks = CommandTraits.FindWord(arguments, "BLOCK") >= 0 };
        }

        // CLIENT REPLY takes away answers that others wait for.
        return traits.Key == KeyRule.None && arguments.Length > 0 && arguments[0].Is("REPLY") && name.Equals("CLIENT", StringComparison.OrdinalIgnoreCase)
            ? traits with { ChangesConnection = true }
            : traits;
    }

    private static Dictionary<string, CommandTraits> Describe()
    {
        var traits = new Dictionary<string, CommandTraits>(StringComparer.OrdinalIgnoreCase);

        Add(new CommandTraits(KeyRule.None), "ACL BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG ECHO FAILOVER FLUSHALL FLUSHDB FUNCTION INFO "
            + "KEYS LASTSAVE LATENCY LOLWUT MODULE PING PUBSUB RANDOMKEY REPLICAOF ROLE SAVE SCAN SCRIPT SENTINEL SHUTDOWN SLAVEOF SLOWLOG SWAPDB TIME WAIT WAITAOF");
        Add(new CommandTraits(KeyRule.None, ChangesConnection: true), "ASKING AUTH DISCARD EXEC HELLO MONITOR MULTI PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT READONLY "
            + "READWRITE RESET SELECT SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SYNC UNSUBSCRIBE UNWATCH WATCH");
        Add(new CommandTraits(KeyRule.Second), "BITOP MEMORY OBJECT XGROUP XINFO");
        Add(new CommandTraits(KeyRule.Third), "MIGRATE");
        Add(new CommandTraits(KeyRule.AfterFirst), "LMPOP SINTERCARD ZDIFF ZINTER ZINTERCARD ZMPOP ZUNION");
        Add(new CommandTraits(KeyRule.AfterSecond), "EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO");
        Add(new CommandTraits(KeyRule.AfterSecond, Blocks: true), "BLMPOP BZMPOP");
        Add(new CommandTraits(KeyRule.First, Blocks: true), "BLMOVE BLPOP BRPOP BRPOPLPUSH BZPOPMAX BZPOPMIN");
        Add(new CommandTraits(KeyRule.AfterStreams), "XREAD XREADGROUP");

        return traits;

        void Add(CommandTraits trait, string names)
        {
            foreach (var name in names.Split(' '))
            {
                traits.Add(name, trait);
            }
        }
    }
}
