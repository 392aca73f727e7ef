using System.Net;

namespace Salon.Redis.Connections;

/// <summary>A single command on a connection that is made for it: who the master is, which slots are where.</summary>
internal static class Question
{
    /// <exception cref="ConnectFailedException">There is no answer, or an error.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<RedisReply> AskAsync(
        ClientContext context,
        DnsEndPoint endPoint,
        Credentials credentials,
        RedisCommand command,
        CancellationToken cancellationToken)
    {
        using var open = await context.Opener.OpenAsync(endPoint, credentials, mustBeMaster: false, cancellationToken);
        using var timeout = new CancellationTokenSource(context.Options.ConnectTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);

        try
        {
            await open.Stream.WriteAsync(command.Frame, either.Token);
            var reply = await open.Replies.ReadAsync(either.Token);

            return reply.Kind == RedisReplyKind.Error
                ? throw new ConnectFailedException(ConnectFailure.NotReady, $"{endPoint.Host}:{endPoint.Port}: {reply.Text}")
                : reply;
        }
        catch (IOException exception)
        {
            throw new ConnectFailedException(ConnectFailure.Unreachable, $"{endPoint.Host}:{endPoint.Port}: {exception.Message}", exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectFailedException(ConnectFailure.Unreachable, $"{endPoint.Host}:{endPoint.Port}: no answer to {command.Name}");
        }
    }
}
