using System.Diagnostics;

namespace Salon.Drills.Clients;

/// <summary>
/// The messages of one client: each leaves it again and again until it is acknowledged, the oldest first. New ones come at a steady rate,
/// whatever happens. Thread-safe.
/// </summary>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly OutMessage[] _messages;
    private readonly SortedDictionary<int, OutMessage> _returned = [];
    private readonly Stopwatch _clock = new();
    private readonly double _rate;
    private int _next;
    private int _acked;

    public Outbox(int client, int count, IReadOnlyList<string> rooms, double rate)
    {
        _messages = [.. Enumerable.Range(0, count).Select(number => new OutMessage(client, number, rooms[number % rooms.Count]))];
        _rate = rate;
    }

    /// <summary>All of them. Read when nothing is sent any more, but for <see cref="OutMessage.SentAt"/>.</summary>
    public IReadOnlyList<OutMessage> Messages => _messages;

    public int Acked => Volatile.Read(ref _acked);

    public bool IsDone => Acked == _messages.Length;

    /// <summary>From now on messages come.</summary>
    public void Start() => _clock.Start();

    /// <summary>Takes the next message that may be sent now.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OutMessage? message)
    {
        lock (_gate)
        {
            var now = _clock.Elapsed;
            message = _returned.Values.FirstOrDefault(returned => returned.NotBefore <= now);

            if (message is not null)
            {
                _returned.Remove(message.Number);
            }
            else if (_returned.Count == 0 && _next < _messages.Length && _next < now.TotalSeconds * _rate)
            {
                message = _messages[_next++];
                message.SentAt = Stopwatch.GetTimestamp();
            }

            if (message is not null)
            {
                message.Attempts++;
            }

            return message is not null;
        }
    }

    /// <summary>A message was not acknowledged, and is sent again.</summary>
    public void Return(OutMessage message, TimeSpan after)
    {
        lock (_gate)
        {
            message.NotBefore = _clock.Elapsed + after;
            _returned[message.Number] = message;
        }
    }

    /// <summary>A message was acknowledged.</summary>
    public void OnAcked(OutMessage message, long seq, string id)
    {
        lock (_gate)
        {
            (message.AckedSeq, message.AckedId) = (seq, id);
            _acked++;
        }
    }
}
