using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO;

/// <summary>
/// Reaches the sessions that live on other servers, so that a request of long-polling may arrive anywhere. It is asked only for sessions that are
/// not known here: the requests of all others never meet it. Must be thread-safe.
/// </summary>
public interface IRequestForwarder
{
    /// <summary>The longest body of a POST that can be forwarded, in bytes. A longer one is answered with 413.</summary>
    int MaxBodyLength { get; }

    /// <summary>Begins to serve what other servers forward. Called once, by the server that the forwarder belongs to.</summary>
    /// <param name="serve">
    /// Answers a forwarded request of polling, whose origin was checked where it arrived, or returns <see langword="false"/>, and has written nothing,
    /// when there is no such session. The answer is one write to the response's body, or none. The token lets a poll that waits go
    /// without messages, so that the client comes back by another way.
    /// </param>
    void Start(Func<HttpContext, CancellationToken, Task<bool>> serve);

    /// <summary>Makes the id of a session that begins here. It must not be guessable, and is how other servers know where it lives.</summary>
    string CreateSessionId();

    /// <summary>Finds the servers on which a session may live, hardly ever more than one; none when there is no such session.</summary>
    ValueTask<IReadOnlyList<string>> FindServersAsync(string sessionId, CancellationToken cancellationToken);

    /// <summary>Lets another server answer a request, which may take as long as a poll does.</summary>
    /// <param name="server">One of those that <see cref="FindServersAsync"/> found.</param>
    /// <param name="context">The request, whose body has been read.</param>
    /// <param name="body">The body; it may be used until the task completes.</param>
    Task<ForwardStatus> ForwardAsync(string server, HttpContext context, ReadOnlyMemory<byte> body);
}
