namespace Salon.Tests;

/// <summary>One command that a <see cref="ScriptedRedis"/> was given.</summary>
public sealed class ScriptedCall
{
    private readonly ScriptedConnection _connection;

    internal ScriptedCall(ScriptedConnection connection, string[] words) => (_connection, Words) = (connection, words);

    /// <summary>The command and its arguments.</summary>
    public string[] Words { get; }

    public string Name => Words[0].ToUpperInvariant();

    /// <summary>What a Redis without any data says.</summary>
    public string Default => Name switch
    {
        "HELLO" => "%0\r\n",
        "PING" => "+PONG\r\n",
        "SELECT" => ScriptedRedis.Ok,
        "ROLE" => ScriptedRedis.Array(ScriptedRedis.Bulk("master"), ScriptedRedis.Number(0), ScriptedRedis.Array()),
        "SUBSCRIBE" or "UNSUBSCRIBE" or "SSUBSCRIBE" or "SUNSUBSCRIBE" or "PSUBSCRIBE" or "PUNSUBSCRIBE" => string.Concat(Words[1..].Select(channel => $">3\r\n{ScriptedRedis.Bulk(Words[0].ToLowerInvariant())}{ScriptedRedis.Bulk(channel)}{ScriptedRedis.Number(1)}")),
        _ => ScriptedRedis.Error($"ERR unknown command '{Words[0]}'"),
    };

    /// <summary>Answers, at last.</summary>
    public void Reply(string reply) => _connection.Reply(Words, reply);

    /// <summary>Ends the connection that it came on.</summary>
    public void Cut() => _connection.Close();
}
