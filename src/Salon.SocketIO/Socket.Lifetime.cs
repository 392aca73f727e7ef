using Salon.SocketIO.Connections;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO;

/// <content>How the socket begins and ends.</content>
public sealed partial class Socket
{
    /// <summary>Whether the socket has not left its namespace before.</summary>
    internal bool TryExit() => Interlocked.Exchange(ref _hasExited, 1) == 0;

    /// <summary>The socket is in, and what is emitted from here on is for it.</summary>
    internal void OnAdmitted(EventPlace startedAfter) => State.StartedAfter = startedAfter;

    /// <summary>From here on the client's packets are welcome.</summary>
    /// <returns><see langword="false"/> when the socket is disconnected already.</returns>
    internal bool TryConnect() =>
        Interlocked.CompareExchange(ref _phase, (int)SocketPhase.Connected, (int)SocketPhase.Connecting) == (int)SocketPhase.Connecting;

    /// <summary>
    /// Held while the client is told that it is connected: a broadcast that comes meanwhile follows, and is not lost to a client that has
    /// read so already.
    /// </summary>
    internal object GreetingGate => State;

    /// <summary>From here on broadcasts reach the client. Called with the <see cref="GreetingGate"/> held.</summary>
    internal void OnGreeted() => _isGreeted = true;

    /// <summary>Lets events through once the connection handlers are done.</summary>
    internal void Start(Task connectionHandlers) => _inbox.Start(connectionHandlers);

    /// <summary>Ends the socket. Called once, by its client, which has forgotten it already.</summary>
    internal void OnDisconnected(DisconnectReason reason)
    {
        var wasConnected = Interlocked.Exchange(ref _phase, (int)SocketPhase.Disconnected) == (int)SocketPhase.Connected;

        if (wasConnected)
        {
            _disconnecting.Call(reason);
        }

        _inbox.Stop(discard: !reason.KeepsInbox());

        // The adapter says which rooms there are; if it cannot, the client comes back as a new one.
        var saved = wasConnected
            ? Namespace.Server.Guard.Ask(nameof(IAdapter.GetRooms), (Socket: this, reason), static end => end.Socket.TrySave(end.reason), otherwise: null)
            : null;
        Namespace.Forget(this);

        // A client that is lost while it is let in again may try once more: what it left behind is put back then.
        if (wasConnected || !Recovered)
        {
            EndState(saved, reason);
        }

        if (wasConnected)
        {
            _disconnected.Call(reason);
        }
    }

    /// <summary>Copies what a client that lost its connection shall find again, while the rooms are still there.</summary>
    private SavedSession? TrySave(DisconnectReason reason) => Namespace.Recovery is { } recovery && PrivateId is { } privateId && reason.IsRecoverable()
        ? new SavedSession(recovery, privateId, Id, Rooms, State, reason)
        : null;

    private void EndState(SavedSession? saved, DisconnectReason reason)
    {
        if (saved is not null)
        {
            Namespace.Recovery!.Save(saved);
            return;
        }

        if (PrivateId is not null)
        {
            Namespace.Recovery?.Forget(PrivateId);
        }

        Acks.Close(reason, Namespace.Server.Deadlines);
    }
}
