using System.Collections.Concurrent;
using System.Text;
using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Has the other servers let go of clients that have come back here, and knows when all have. A question goes to all and an answer to who asked;
/// both are a server and the client's private id. Servers of the reference do not answer, and are not waited for. Thread-safe.
/// </summary>
internal sealed class Releases : IDisposable
{
    private readonly ConcurrentDictionary<string, Question> _asked = new(StringComparer.Ordinal);
    private readonly IClusterMembers _members;
    private readonly Action<string?, ReadOnlyMemory<byte>> _publish;
    private readonly Action<string, Action> _release;

    /// <param name="members">The other servers.</param>
    /// <param name="publish">Says something to one of them, or to all.</param>
    /// <param name="release">Lets go of a client of this server, and calls back when its session can be found.</param>
    public Releases(IClusterMembers members, Action<string?, ReadOnlyMemory<byte>> publish, Action<string, Action> release)
    {
        (_members, _publish, _release) = (members, publish, release);
        members.Left += OnLeft;
    }

    /// <summary>Asks the others to let go of a client. Ask again for one only after <see cref="Forget"/>.</summary>
    /// <returns>Completes when all have answered, or left.</returns>
    public Task Ask(string privateId)
    {
        var question = _asked.GetOrAdd(privateId, static (_, members) => new Question(members.Others), _members);
        Publish(null, privateId);

        // One that left before the question was known here.
        question.Retain(_members.Others);
        return question.Answered;
    }

    /// <summary>Nobody waits for the answers any more.</summary>
    public void Forget(string privateId) => _asked.TryRemove(privateId, out _);

    /// <summary>Takes a question.</summary>
    public void OnAsked(ReadOnlySpan<byte> message)
    {
        if (TryRead(message, out var asker, out var privateId) && asker != _members.Self)
        {
            _release(privateId, () => Publish(asker, privateId));
        }
    }

    /// <summary>Takes an answer.</summary>
    public void OnAnswered(ReadOnlySpan<byte> message)
    {
        if (TryRead(message, out var answerer, out var privateId) && _asked.TryGetValue(privateId, out var question))
        {
            question.OnAnswered(answerer);
        }
    }

    public void Dispose() => _members.Left -= OnLeft;

    private void OnLeft(string server)
    {
        foreach (var question in _asked.Values)
        {
            question.OnAnswered(server);
        }
    }

    private void Publish(string? server, string privateId) => _publish(server, Encoding.UTF8.GetBytes($"{_members.Self} {privateId}"));

    private static bool TryRead(ReadOnlySpan<byte> message, out string server, out string privateId)
    {
        var words = Encoding.UTF8.GetString(message).Split(' ');
        (server, privateId) = words.Length == 2 ? (words[0], words[1]) : ("", "");
        return words.Length == 2;
    }

    /// <summary>Who has not answered yet. The lock protects them.</summary>
    private sealed class Question
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _missing;
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Question(IEnumerable<string> servers)
        {
            _missing = new HashSet<string>(servers, StringComparer.Ordinal);
            Look();
        }

        public Task Answered => _answered.Task;

        public void OnAnswered(string server)
        {
            lock (_gate)
            {
                _missing.Remove(server);
                Look();
            }
        }

        public void Retain(IEnumerable<string> servers)
        {
            lock (_gate)
            {
                _missing.IntersectWith(servers);
                Look();
            }
        }

        private void Look()
        {
            if (_missing.Count == 0)
            {
                _answered.TrySetResult();
            }
        }
    }
}
