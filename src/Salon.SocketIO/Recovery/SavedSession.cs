using Salon.SocketIO.Connections;
using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// What a client finds again: owned by the <see cref="RecoveryStore"/> from the loss of the connection until the client is back or its time
/// is over. As a deadline, it is the end of that time.
/// </summary>
internal sealed class SavedSession(
    RecoveryStore store,
    string privateId,
    string id,
    IReadOnlySet<string> rooms,
    RecoverableState state,
    DisconnectReason reason) : Deadline
{
    /// <summary>The client's secret, by which it is recognised.</summary>
    public string PrivateId => privateId;

    public string Id => id;

    /// <summary>The rooms, that of the id among them.</summary>
    public IReadOnlySet<string> Rooms => rooms;

    public RecoverableState State => state;

    /// <summary>The answers that are still waited for.</summary>
    public PendingAcks Acks => state.Acks;

    /// <summary>The newest event when the client connected first: a client that got none since has missed all after it.</summary>
    public EventPlace StartedAfter { get; } = state.StartedAfter;

    /// <summary>What the client says is the last event that it got.</summary>
    public EventPlace Offset { get; set; } = state.StartedAfter;

    /// <summary>Whether the <see cref="Offset"/> is what the client said, translated.</summary>
    public bool IsPlaced { get; init; }

    /// <summary>What the client missed before this server heard of it; its <see cref="Offset"/> is behind.</summary>
    public IReadOnlyList<EncodedPacket> Unheard { get; init; } = [];

    /// <summary>By what this server knows it again among those that servers share; <see langword="null"/> when it was not shared.</summary>
    public string? Token { get; set; }

    /// <summary>Whether the other servers see it: then whoever takes it there first has it.</summary>
    public bool IsShared { get; set; }

    /// <summary>Completes when the other servers see it, or it is clear that they will not.</summary>
    public Task Shared { get; set; } = Task.CompletedTask;

    /// <summary>The session's place among those that are away.</summary>
    public LinkedListNode<SavedSession>? Place { get; set; }

    /// <summary>Nobody will come: whoever waits for answers learns of it.</summary>
    public void Abandon()
    {
        store.Forget(privateId);
        Acks.Close(reason, store.Deadlines);
    }

    /// <summary>Puts back what was taken for a client that did not get in.</summary>
    public void Restore() => store.Save(this);

    protected internal override void OnDue() => store.Expire(this);
}
