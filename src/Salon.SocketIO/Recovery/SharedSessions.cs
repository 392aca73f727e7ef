using System.Text.Json;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The states of clients that are away, where all servers find them. Whoever takes one has it alone: what another server still keeps of
/// the client is worth nothing from then on. Thread-safe; it has no state of its own.
/// </summary>
internal sealed partial class SharedSessions(RecoveryStore store, Namespace owner, IClusterLog cluster, TimeSpan lifetime)
{
    /// <summary>Shows a session to the other servers. Never fails.</summary>
    public async Task SaveAsync(SavedSession session)
    {
        try
        {
            session.Token = SocketId.Create();
            session.IsShared = await cluster.SaveSessionAsync(Describe(session, session.Token), lifetime);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            // What the app keeps in Data may be of any type.
            Log.NotSaved(owner.Server.Logger, exception, session.Id);
        }
    }

    /// <summary>Takes a client's session, from here or from another server. Never fails.</summary>
    /// <param name="privateId">The client's secret.</param>
    /// <param name="own">What this server has kept, if it has something.</param>
    /// <param name="offset">What the client says is the last event that it got.</param>
    public async ValueTask<SavedSession?> TakeAsync(string privateId, SavedSession? own, string? offset)
    {
        // Where it was shared and is not there, somebody has taken it; and has not put it back yet, perhaps.
        var stored = await cluster.TakeSessionAsync(privateId, isLost: own is not { IsShared: false });

        if (own is not null)
        {
            if (stored is null ? !own.IsShared || !cluster.IsAvailable : stored.Token == own.Token)
            {
                return own;
            }

            // The client was at another server meanwhile.
            own.Abandon();
        }

        return stored is null ? null : await CreateAsync(stored, offset);
    }

    private ClusterSession Describe(SavedSession session, string token) => new(
        session.Id,
        session.PrivateId,
        [.. session.Rooms],
        RemoteSocketWriter.WriteData(owner.Server.Codec, session.State),
        session.StartedAfter.ToId(),
        token);

    /// <summary>Makes a session of what another server saved, with the events that this one did not hear.</summary>
    /// <returns><see langword="null"/> when it is not known what the client has missed.</returns>
    private async Task<SavedSession?> CreateAsync(ClusterSession stored, string? offset)
    {
        var isStartKnown = EventPlace.TryParse(stored.StartedAfter, out var start);

        // What is in a server's own order says nothing here.
        if (!EventPlace.TryParse(offset ?? stored.StartedAfter, out var after) || after.IsOwn)
        {
            return null;
        }

        // Nobody gets what was emitted before they came.
        after = (isStartKnown && after < start ? start : after) with { Step = 0 };

        if (!await cluster.WaitForAsync(after.ToId()))
        {
            return null;
        }

        var heard = store.Events.HeardSince;
        var unheard = after < heard ? await cluster.ReadAsync(after.ToId(), heard.ToId()) : [];

        if (unheard is null)
        {
            return null;
        }

        var state = new RecoverableState { StartedAfter = isStartKnown ? start : after };

        foreach (var (name, value) in RemoteSocketReader.ReadData(stored.Data))
        {
            state.Data[name] = value;
        }

        var rooms = stored.Rooms.Append(stored.Id).ToHashSet(StringComparer.Ordinal);

        return new SavedSession(store, stored.PrivateId, stored.Id, rooms, state, DisconnectReason.TransportClose)
        {
            Unheard = [.. unheard.Where(entry => !entry.Message.Options.IsVolatile && entry.Message.Options.IsFor(rooms)).Select(Encode).OfType<EncodedPacket>()],
            Offset = after < heard ? heard : after,
            IsPlaced = true,
        };
    }

    /// <returns><see langword="null"/> when no client could read it.</returns>
    private EncodedPacket? Encode(ClusterLogEntry entry)
    {
        try
        {
            return ClusterPackets.CreateSafe(owner, entry.Message).WithLastArgument(entry.Id);
        }
        catch (Exception exception)
        {
            Log.NotReplayed(owner.Server.Logger, exception, entry.Id, owner.Name);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "The event {Id} of another server cannot be read; it is not replayed in the namespace {Namespace}.", EventName = nameof(NotReplayed))]
        public static partial void NotReplayed(ILogger logger, Exception exception, string id, string @namespace);

        [LoggerMessage(1, LogLevel.Warning, "The state of the socket {SocketId} could not be written for the other servers: its client can recover on this server alone.", EventName = nameof(NotSaved))]
        public static partial void NotSaved(ILogger logger, Exception exception, string socketId);
    }
}
