using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>
/// The messages of a run: numbered, stamped with the time, and told to the readers when the artificial delay is over. The producer's thread
/// writes; any number read. The lock protects what is told against a new beginning.
/// </summary>
internal sealed class LabMessages(TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<(long Sequence, long At)> _onTheirWay = [];
    private volatile Told _told = new(CreateRing(LabLimits.MinKeptMessages), 0);
    private volatile TaskCompletionSource _news = CreateNews();
    private long _nextAt = time.GetTimestamp();
    private int _capacity = LabLimits.MinKeptMessages;

    /// <summary>What readers can have: the ring, and the newest message of it that is told.</summary>
    public Told Current => _told;

    /// <summary>Completes when there is more than there was when this was asked for.</summary>
    public Task News => _news.Task;

    /// <summary>Forgets everything and counts from one again, under another name.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _onTheirWay.Clear();
            _told = new Told(CreateRing(_capacity), 0);
            _nextAt = time.GetTimestamp();
        }

        Wake();
    }

    /// <summary>Makes the messages that are due, and tells those whose delay is over.</summary>
    public void Advance(LabSettings settings)
    {
        lock (_gate)
        {
            Resize(Math.Max(LabLimits.MinKeptMessages, settings.Rate * LabLimits.KeptSeconds));
            var now = time.GetTimestamp();
            var interval = time.TimestampFrequency / settings.Rate;

            if (time.GetElapsedTime(_nextAt, now) > LongestPause)
            {
                _nextAt = now;
            }

            while (_nextAt <= now)
            {
                _onTheirWay.Enqueue((Make(settings), now));
                _nextAt += interval;
            }

            if (!TellDue(now, TimeSpan.FromMilliseconds(settings.Delay)))
            {
                return;
            }
        }

        Wake();
    }

    private static EventRing CreateRing(int capacity) => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), capacity);

    private static TaskCompletionSource CreateNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keeps as many messages as the rate asks for, those that there are included.</summary>
    private void Resize(int capacity)
    {
        var (before, told) = _told;

        if (capacity == _capacity)
        {
            return;
        }

        var first = Math.Max(before.Tail, before.Head - capacity);
        var after = new EventRing(before.Epoch, capacity, first);

        for (var sequence = first + 1; sequence <= before.Head && before.TryGet(sequence, out var message); sequence++)
        {
            after.Add(new NewEvent(message.Name, message.Data));
        }

        (_capacity, _told) = (capacity, new Told(after, told));
    }

    private bool TellDue(long now, TimeSpan delay)
    {
        var newest = 0L;

        while (_onTheirWay.TryPeek(out var next) && time.GetElapsedTime(next.At, now) >= delay)
        {
            newest = _onTheirWay.Dequeue().Sequence;
        }

        if (newest == 0)
        {
            return false;
        }

        _told = _told with { Head = newest };
        return true;
    }

    private long Make(LabSettings settings)
    {
        var ring = _told.Ring;
        var milliseconds = time.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalMilliseconds;
        var head = string.Create(CultureInfo.InvariantCulture, $$"""{"seq":{{ring.Head + 1}},"time":{{milliseconds:F3}},"pad":" """).TrimEnd();
        var data = new byte[head.Length + settings.Payload + 2];

        Encoding.ASCII.GetBytes(head, data);
        data.AsSpan(head.Length, settings.Payload).Fill((byte)'x');
        "\"}"u8.CopyTo(data.AsSpan(head.Length + settings.Payload));
        return ring.Add(new NewEvent("message", data)).Sequence;
    }

    private void Wake() => Interlocked.Exchange(ref _news, CreateNews()).SetResult();

    /// <param name="Ring">The messages.</param>
    /// <param name="Head">The newest that is told.</param>
    internal sealed record Told(EventRing Ring, long Head);
}
