namespace Salon.Redis.Connections;

/// <summary>
/// The first words of a connection, in one write: <c>HELLO 3</c> with name and password, <c>SELECT</c>, <c>PING</c> (a server that loads its data
/// refuses only this one), and <c>ROLE</c> where it must be the master.
/// </summary>
internal sealed class Handshake(Credentials credentials, string? clientName, bool mustBeMaster)
{
    /// <exception cref="ConnectFailedException">The server refuses one of them.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task RunAsync(Stream stream, ReplyStream replies, CancellationToken cancellationToken)
    {
        var commands = Commands();
        await stream.WriteAsync(commands.SelectMany(static command => command.Frame).ToArray(), cancellationToken);

        foreach (var command in commands)
        {
            var reply = await replies.ReadAsync(cancellationToken);

            if (reply.Kind == RedisReplyKind.Error)
            {
                throw ToFailure(command.Name, reply.Text!);
            }

            if (command.Name == "ROLE" && reply.Items is not [{ Text: "master" }, ..])
            {
                throw new ConnectFailedException(ConnectFailure.NotReady, "the server is not the master");
            }
        }
    }

    private List<RedisCommand> Commands()
    {
        var hello = new List<RedisArgument> { 3 };

        if (credentials.Password is not null)
        {
            hello.AddRange(["AUTH", credentials.User ?? "default", credentials.Password]);
        }

        if (clientName is not null)
        {
            hello.AddRange(["SETNAME", clientName]);
        }

        var commands = new List<RedisCommand> { RedisCommand.Create("HELLO", [.. hello]) };

        if (credentials.Database != 0)
        {
            commands.Add(RedisCommand.Create("SELECT", credentials.Database));
        }

        commands.Add(RedisCommand.Create("PING"));

        if (mustBeMaster)
        {
            commands.Add(RedisCommand.Create("ROLE"));
        }

        return commands;
    }

    private static ConnectFailedException ToFailure(string command, string error)
    {
        var failure = error.Split(' ', 2)[0] switch
        {
            "LOADING" or "MASTERDOWN" or "BUSY" => ConnectFailure.NotReady,
            "NOPROTO" => ConnectFailure.Unsupported,
            "ERR" when command == "HELLO" && error.Contains("unknown command", StringComparison.OrdinalIgnoreCase) => ConnectFailure.Unsupported,
            _ => ConnectFailure.Refused,
        };

        return new ConnectFailedException(failure, failure == ConnectFailure.Unsupported
            ? $"the server does not speak RESP3, which needs Redis 6 or later ({error})"
            : $"the server refuses {command} ({error})");
    }
}
