using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Connections;

/// <summary>
/// The latest events of one client that have an <see cref="IdempotencyKey"/>, and how they were answered: one that comes again is answered, not
/// handled. Bounded in number and in the bytes of the answers; beyond, the oldest is forgotten. The lock protects all fields; nothing is
/// sent under it.
/// </summary>
internal sealed class SeenEvents(int capacity)
{
    private const int MaxAnswerBytes = 64 * 1024;

    // Whoever repeats an event has given up the tries before: few of the waiting are still of interest.
    private const int MaxWaiting = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string EventName, string Id), SeenEvent> _events = [];
    private readonly Dictionary<Ack, SeenEvent> _pending = [];
    private readonly LinkedList<SeenEvent> _order = new();
    private int _answerBytes;

    /// <summary>Notes an event that is about to be handled.</summary>
    /// <returns><see langword="false"/> when it has come before: it is answered, now or when the first is.</returns>
    public bool TryBegin(string eventName, string id, Ack ack)
    {
        Answer answer;

        lock (_gate)
        {
            if (!_events.TryGetValue((eventName, id), out var seen))
            {
                if (ack.IsSent)
                {
                    // Another handler of the same packet, after one whose answer is not kept: nobody would answer those who waited for it.
                    return true;
                }

                seen = new SeenEvent(eventName, id, ack);
                _events.Add((eventName, id), seen);
                _pending.Add(ack, seen);
                _order.AddLast(seen);
                Trim();
                return true;
            }

            if (seen.IsFirst(ack))
            {
                // Another handler of the same packet. Its number would not tell: some clients repeat that too.
                return true;
            }

            if (seen.Answer is not { } given)
            {
                if (seen.Waiting.Count == MaxWaiting)
                {
                    seen.Waiting.Dequeue();
                }

                seen.Waiting.Enqueue(ack);
                return false;
            }

            answer = given;
        }

        ack.Repeat(answer.Json, answer.Attachments);
        return false;
    }

    /// <summary>An event was answered. Those that repeat it get the same answer, and it is kept for the next unless handling failed.</summary>
    public void OnAnswered(Ack ack, PayloadBuilder payload, bool hasFailed)
    {
        SeenEvent? seen;
        Answer answer;

        lock (_gate)
        {
            if (!_pending.Remove(ack, out seen))
            {
                return;
            }

            answer = new Answer(payload.Json.ToArray(), [.. payload.Attachments.Select(static attachment => attachment.ToArray())]);

            if (hasFailed || answer.Size > MaxAnswerBytes)
            {
                Forget(seen);
            }
            else
            {
                seen.Answer = answer;
                _answerBytes += answer.Size;
                Trim();
            }
        }

        foreach (var waiting in seen.Waiting)
        {
            waiting.Repeat(answer.Json, answer.Attachments);
        }
    }

    private void Trim()
    {
        while (_order.Count > capacity)
        {
            Forget(_order.First!.Value);
        }

        // Those that are not answered yet take no bytes, and are what must not happen twice.
        for (var node = _order.First; node is not null && _answerBytes > MaxAnswerBytes;)
        {
            var seen = node.Value;
            node = node.Next;

            if (seen.Answer is not null)
            {
                Forget(seen);
            }
        }
    }

    private void Forget(SeenEvent seen)
    {
        _order.Remove(seen);
        _events.Remove((seen.EventName, seen.Id));
        _answerBytes -= seen.Answer?.Size ?? 0;

        if (seen.GetFirst() is { } ack)
        {
            _pending.Remove(ack);
        }
    }

    private sealed class SeenEvent(string eventName, string id, Ack ack)
    {
        // Weak: an answered event is kept longer than the socket that it came to.
        private readonly WeakReference<Ack> _first = new(ack);

        public string EventName => eventName;

        public string Id => id;

        /// <summary>The answer; <see langword="null"/> while the event is handled.</summary>
        public Answer? Answer { get; set; }

        /// <summary>Whether this is the question that brought it.</summary>
        public bool IsFirst(Ack other) => GetFirst() == other;

        public Ack? GetFirst() => _first.TryGetTarget(out var first) ? first : null;

        /// <summary>Repetitions that came before the answer.</summary>
        public Queue<Ack> Waiting { get; } = new(capacity: 0);
    }

    private readonly record struct Answer(byte[] Json, IReadOnlyList<ReadOnlyMemory<byte>> Attachments)
    {
        public int Size => Json.Length + Attachments.Sum(static attachment => attachment.Length);
    }
}
