using Salon.App.Hosting.Budgets;
using Salon.App.Lab.Delivery;
using Salon.App.Lab.Processor;
using Salon.App.Lab.Traffic;
using Salon.App.Lab.Webhooks;
using Salon.App.Streaming;

namespace Salon.App.Lab;

/// <summary>
/// One page's run: its messages, its settings, who is connected, and whether anybody gets through. Thread-safe; the lock protects the phase
/// and the connections, and nobody is called under it.
/// </summary>
internal sealed class LabRun
{
    // Connections that have ended are forgotten that soon.
    private static readonly TimeSpan SettleInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TokenBucket _requests;
    private readonly HashSet<LabVisit> _visits = [];
    private readonly long[] _brokenAt = new long[LabTechniques.All.Count];
    private readonly long _begunAt;
    private volatile LabSettings _settings;
    private volatile bool _isResting;
    private LabPhase _phase;
    private long _phaseBegunAt;
    private TimeSpan _phaseLength;
    private long _askedAt;
    private long _settledAt;

    /// <param name="id">Its name, which nobody can guess.</param>
    /// <param name="settings">How it is set.</param>
    /// <param name="connections">Where its connections are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isVirtual">Whether its clients are the lab's own, which are as many as they are.</param>
    public LabRun(string id, LabSettings settings, TrackedConnections connections, TimeProvider time, bool isVirtual = false)
    {
        (Id, _settings, _time, IsVirtual) = (id, settings, time, isVirtual);
        _begunAt = _askedAt = time.GetTimestamp();
        _requests = new TokenBucket(LabLimits.RunRequests, time);
        Messages = new LabMessages(time);
        Traffic = new LabTraffic(connections);
    }

    public string Id { get; }

    /// <summary>Whether its clients are the lab's own, which are as many as they are.</summary>
    public bool IsVirtual { get; }

    public LabMessages Messages { get; }

    public LabTraffic Traffic { get; }

    /// <summary>The measurement of processor time that was asked for last; replaced as it goes on.</summary>
    public ProcessorReport? Processor { get; set; }

    public WebhookLog Webhooks { get; } = new();

    /// <summary>Whether no messages are made, so that something else can be measured.</summary>
    public bool IsResting
    {
        get => _isResting;
        set => _isResting = value;
    }

    public LabSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Holds a request up before it is looked at: for its own way here, and the way back of what is answered to it.</summary>
    /// <remarks>
    /// Messages are told late by one way. So whoever reads is seen one way late as a whole, and a request has to come another way late for
    /// its own journey: together as if each thing had its own delay.
    /// </remarks>
    public Task DelayAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(2 * _settings.Delay), _time, cancellationToken);

    public (LabPhase Phase, TimeSpan Left) Phase
    {
        get
        {
            lock (_gate)
            {
                var left = _phase == LabPhase.Open ? TimeSpan.Zero : _phaseLength - _time.GetElapsedTime(_phaseBegunAt);
                return (_phase, left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }
    }

    /// <summary>How many requests and sockets are open.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _visits.Count;
            }
        }
    }

    /// <summary>Whether nobody has asked for it for so long, or it has lasted so long, that it ends.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _time.GetElapsedTime(_begunAt) > LabLimits.Lifetime
                    || (_visits.Count == 0 && _time.GetElapsedTime(_askedAt) > LabLimits.Idle);
            }
        }
    }

    /// <summary>Notes that somebody asks for it.</summary>
    /// <exception cref="LabException">Too often.</exception>
    public void Ask()
    {
        lock (_gate)
        {
            _askedAt = _time.GetTimestamp();

            if (!IsVirtual && !_requests.TryTake(out var retryAfter))
            {
                throw LabException.RateLimited(retryAfter);
            }
        }
    }

    /// <summary>Lets a request or a socket in, until what is returned is disposed.</summary>
    /// <param name="abort">Ends it at once; may be called from any thread.</param>
    /// <returns><see langword="null"/> when nobody gets through.</returns>
    /// <exception cref="LabException">There are too many.</exception>
    public LabVisit? TryEnter(Action abort)
    {
        var visit = new LabVisit(this, abort);

        lock (_gate)
        {
            if (_phase != LabPhase.Open)
            {
                return null;
            }

            if (!IsVirtual && _visits.Count >= LabLimits.ConnectionsPerRun)
            {
                throw LabException.TooManyConnections;
            }

            _visits.Add(visit);
            return visit;
        }
    }

    public void Leave(LabVisit visit)
    {
        lock (_gate)
        {
            _visits.Remove(visit);
            _askedAt = _time.GetTimestamp();
        }
    }

    /// <summary>Breaks every connection, and lets nobody through for a while.</summary>
    public void Interrupt(LabPhase phase, TimeSpan length)
    {
        LabVisit[] visits;

        lock (_gate)
        {
            // A server that restarts does so under a network that is cut, too.
            if (_phase != LabPhase.Restarting)
            {
                (_phase, _phaseBegunAt, _phaseLength) = (phase, _time.GetTimestamp(), length);
            }

            visits = [.. _visits];
        }

        foreach (var visit in visits)
        {
            visit.Abort();
        }
    }

    /// <summary>Does what is due; called by the producer.</summary>
    public void Advance()
    {
        LabPhase phase;

        lock (_gate)
        {
            phase = _phase;

            if (phase != LabPhase.Open && _time.GetElapsedTime(_phaseBegunAt) >= _phaseLength)
            {
                _phase = LabPhase.Open;

                if (phase == LabPhase.Restarting)
                {
                    Messages.Begin();
                    Array.Clear(_brokenAt);
                }
            }
        }

        if (phase != LabPhase.Restarting && !_isResting)
        {
            Messages.Advance(_settings);
        }

        if (_time.GetElapsedTime(_settledAt) >= SettleInterval)
        {
            _settledAt = _time.GetTimestamp();
            Traffic.Settle();
        }
    }

    /// <summary>
    /// Whether the artificial loss breaks the connection at this message: the same messages for every technique, and once for each, so that
    /// who comes back and asks for it gets it.
    /// </summary>
    public bool Breaks(LabTechnique technique, StreamEvent message)
    {
        if (!LabLoss.Hits(message.Sequence, _settings.Loss))
        {
            return false;
        }

        ref var brokenAt = ref _brokenAt[(int)technique];
        var last = Volatile.Read(ref brokenAt);

        return message.Sequence > last && Interlocked.CompareExchange(ref brokenAt, message.Sequence, last) == last;
    }
}
