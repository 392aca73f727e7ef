using System.Diagnostics.CodeAnalysis;
using Salon.EngineIO.Transports;

namespace Salon.EngineIO.Sessions;

/// <summary>
/// Where a session is in its life, and what it has there: its transport, an upgrade that is tried, and its handler.
/// <code>
/// created --TryOpen--> open --TryClose--> closed          whoever closed tells the handler
///    |                                      ^
///    +--TryClose--> closing --TryOpen-------+             whoever opened tells the handler, which was being made
/// </code>
/// All of it changes under one lock, under which nobody is called. Thread-safe.
/// </summary>
internal sealed class SessionState(ISessionTransport transport)
{
    private const int StillOpen = -1;

    private readonly Lock _gate = new();
    private volatile ISessionTransport _transport = transport;
    private volatile IEngineHandler? _handler;
    private UpgradeAttempt? _upgrade;
    private int _closeReason = StillOpen;
    private bool _isStarted;

    public ISessionTransport Transport => _transport;

    /// <summary>Who gets the messages; <see langword="null"/> as long as it is being made.</summary>
    public IEngineHandler? Handler => _handler;

    /// <summary>Whether nobody has closed the session, be its handler there or not.</summary>
    public bool IsOpen => Volatile.Read(ref _closeReason) == StillOpen;

    /// <summary>Why the session was closed.</summary>
    public CloseReason? CloseReason => Volatile.Read(ref _closeReason) is var reason and not StillOpen ? (CloseReason)reason : null;

    /// <summary>The handler is there. Called once.</summary>
    /// <returns><see langword="false"/> when the session was closed meanwhile: the caller, who alone knows the handler, tells it.</returns>
    public bool TryOpen(IEngineHandler handler)
    {
        lock (_gate)
        {
            _handler = handler;
            _isStarted = true;
            return IsOpen;
        }
    }

    /// <summary>Closes, once.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="left">What there was to close.</param>
    /// <returns><see langword="false"/> when somebody has done so already.</returns>
    public bool TryClose(CloseReason reason, out Remains left)
    {
        lock (_gate)
        {
            left = new Remains(_transport, _upgrade, TellsEnd: _isStarted);

            if (!IsOpen)
            {
                return false;
            }

            Volatile.Write(ref _closeReason, (int)reason);
            return true;
        }
    }

    /// <summary>Lets a WebSocket try to take over, unless one has done so or is trying.</summary>
    public bool TryBeginUpgrade(Func<PollingTransport, UpgradeAttempt> begin, [NotNullWhen(true)] out UpgradeAttempt? upgrade)
    {
        upgrade = null;

        lock (_gate)
        {
            if (IsOpen && _upgrade is null && _transport is PollingTransport polling)
            {
                upgrade = _upgrade = begin(polling);
            }
        }

        return upgrade is not null;
    }

    /// <summary>Moves to another transport, unless the session was closed meanwhile.</summary>
    public bool TrySwitchTo(ISessionTransport transport)
    {
        lock (_gate)
        {
            if (IsOpen)
            {
                _transport = transport;
                _upgrade = null;
                return true;
            }
        }

        return false;
    }

    public void EndUpgrade()
    {
        lock (_gate)
        {
            _upgrade = null;
        }
    }

    /// <summary>What a session had when it was closed.</summary>
    /// <param name="Transport">The transport in use.</param>
    /// <param name="Upgrade">The WebSocket that was about to take over.</param>
    /// <param name="TellsEnd">Whether the closer tells of the end. Otherwise the handler is being made, and its maker does.</param>
    internal readonly record struct Remains(ISessionTransport Transport, UpgradeAttempt? Upgrade, bool TellsEnd);
}
