using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Clustering;

/// <content>Events in a log that all servers read, where the bus has one.</content>
public abstract partial class ClusterAdapter
{
    /// <summary>
    /// The log that the servers of the cluster share; <see langword="null"/> when the bus has none. With
    /// <see cref="SocketIOOptions.ConnectionStateRecovery"/>, events are published by appending to it, and <see cref="Publish"/> does not get them.
    /// </summary>
    protected internal virtual IClusterLog? SharedLog => null;

    /// <summary>Takes an entry of another server from the <see cref="SharedLog"/>. Never fails; entries come one at a time, in their order.</summary>
    protected void ReceiveEntry(string id, ClusterMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);

        if (Owner.Recovery is not { IsShared: true }
            || message is not { Type: ClusterMessageType.Broadcast, RequestId: null }
            || !EventPlace.TryParse(id, out var place))
        {
            Receive(message);
            return;
        }

        try
        {
            _receiver.OnEvent(place, message);
        }
        catch (Exception exception)
        {
            Log.MessageFailed(Owner.Server.Logger, exception, message.Type, Owner.Name);
        }
    }

    /// <summary>Takes an entry of this server from the <see cref="SharedLog"/>: what <see cref="IClusterLog.Append"/> wrote, and has told the number of.</summary>
    protected void ReceiveOwnEntry(string id, long number)
    {
        if (Owner.Recovery is { IsShared: true } recovery && EventPlace.TryParse(id, out var place))
        {
            recovery.Events.OnOwnEvent(place, number);
        }
    }

    /// <summary>Lets go of a client that has come back to another server: its connection here, if there is still one, is closed, and its session saved.</summary>
    /// <returns>Completes when the session is in the <see cref="SharedLog"/>, or there is none.</returns>
    protected Task ReleaseAsync(string privateId) => Owner.Recovery?.ReleaseAsync(privateId) ?? Task.CompletedTask;
}
