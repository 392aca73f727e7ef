using Salon.Timing;

namespace Salon.SocketIO.Clustering;

/// <summary>
/// A question to the other servers. It ends when all have answered completely or are gone, or by its deadline; either way with what there
/// is. Thread-safe.
/// </summary>
internal sealed class ClusterRequest(Action<ClusterRequest> onEnd) : Deadline
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Server> _servers = new(StringComparer.Ordinal);
    private readonly List<RawJson> _answers = [];
    private readonly List<ClusterSocket> _sockets = [];
    private readonly TaskCompletionSource<ClusterAnswers> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? _expected;
    private int _answered;
    private long _asked;

    /// <summary>Its name, by which answers find it.</summary>
    public string Id { get; } = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));

    public Task<ClusterAnswers> Ended => _end.Task;

    /// <summary>Says how many others there are, as soon as it is known and again when one has gone. Answers may have come before.</summary>
    public void Expect(int servers)
    {
        lock (_gate)
        {
            _expected = servers;
        }

        EndIfComplete();
    }

    /// <summary>A server has answered, or said how many answers will come from it.</summary>
    public void OnServer(string server, int answersToCome, RawJson? answer = null, IReadOnlyList<ClusterSocket>? sockets = null)
    {
        lock (_gate)
        {
            // Servers that do not say who they are share one entry.
            var known = _servers.GetValueOrDefault(server);
            _servers[server] = new Server(known.Count + 1, known.ToCome + answersToCome);
            _answered++;
            _asked += answersToCome;

            if (answer is { } value)
            {
                _answers.Add(value);
            }

            _sockets.AddRange(sockets ?? []);
        }

        EndIfComplete();
    }

    /// <summary>A client of a server has answered; perhaps before its server said how many there are.</summary>
    public void OnAnswer(string server, RawJson answer)
    {
        lock (_gate)
        {
            var known = _servers.GetValueOrDefault(server);
            _servers[server] = known with { ToCome = known.ToCome - 1 };
            _answers.Add(answer);
        }

        EndIfComplete();
    }

    /// <summary>A server is gone: it is none of those that are expected, and what it has not answered, it will not answer.</summary>
    public void OnLeft(string server)
    {
        lock (_gate)
        {
            _servers.Remove(server);
        }

        EndIfComplete();
    }

    /// <summary>Ends it with what there is.</summary>
    public void End()
    {
        ClusterAnswers result;

        lock (_gate)
        {
            result = new ClusterAnswers([.. _answers], [.. _sockets], _answered, _expected ?? 0, (int)Math.Min(_asked, int.MaxValue));
        }

        if (_end.TrySetResult(result))
        {
            onEnd(this);
        }
    }

    protected internal override void OnDue() => End();

    private void EndIfComplete()
    {
        lock (_gate)
        {
            if (_expected is not { } expected
                || _servers.Values.Sum(static server => server.Count) < expected
                || _servers.Values.Any(static server => server.ToCome > 0))
            {
                return;
            }
        }

        End();
    }

    /// <param name="Count">How many servers this is.</param>
    /// <param name="ToCome">How many of the answers that were announced are missing; negative while more came than were announced.</param>
    private readonly record struct Server(int Count, long ToCome);
}
