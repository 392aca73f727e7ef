using Salon.SocketIO.Adapters;
using Salon.SocketIO.Protocol;
using Salon.Supervision;

namespace Salon.SocketIO.Clustering;

/// <summary>
/// An adapter that reaches the other servers of a cluster over some bus: what is meant for all is done here at once, and told the others.
/// A derived adapter brings messages from here to there; nothing here waits for it. Thread-safe.
/// </summary>
public abstract partial class ClusterAdapter : IAdapter
{
    private readonly LocalAdapter _local;
    private readonly Guard _guard;
    private readonly ClusterRequests _requests;
    private readonly ClusterReceiver _receiver;

    /// <summary>Makes the adapter of a namespace.</summary>
    /// <param name="owner">The namespace.</param>
    /// <param name="members">This server's id, and which others are known.</param>
    protected ClusterAdapter(Namespace owner, IClusterMembers members)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(members);

        Owner = owner;
        Members = members;
        _local = new LocalAdapter(owner);
        _guard = owner.Server.Guard;
        _requests = new ClusterRequests(members, owner.Server.Deadlines, request => _guard.Forget("ClusterAdapter.CountServersAsync", CountAsync(request)));
        _receiver = new ClusterReceiver(owner, _local, Respond, _guard);
    }

    /// <summary>The namespace.</summary>
    protected Namespace Owner { get; }

    /// <summary>This server's id, and which others are known.</summary>
    protected IClusterMembers Members { get; }

    /// <inheritdoc/>
    /// <remarks>When a server does not answer in time, its sockets are missing: the log says so.</remarks>
    public async ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        var here = await _local.FetchSocketsAsync(options);

        if (options.IsLocal)
        {
            return here;
        }

        var timeout = options.Timeout ?? Owner.Server.Options.BroadcastAckTimeout;
        var elsewhere = await AskAsync(new ClusterMessage(ClusterMessageType.FetchSockets) { Options = options }, timeout);
        return [.. here, .. elsewhere.Sockets.Select(socket => RemoteSocketReader.Read(Owner, socket))];
    }

    /// <inheritdoc/>
    public ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        Tell(new ClusterMessage(ClusterMessageType.SocketsJoin) { Options = options, Rooms = rooms });
        return _local.JoinSocketsAsync(options, rooms);
    }

    /// <inheritdoc/>
    public ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        Tell(new ClusterMessage(ClusterMessageType.SocketsLeave) { Options = options, Rooms = rooms });
        return _local.LeaveSocketsAsync(options, rooms);
    }

    /// <inheritdoc/>
    public ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close)
    {
        Tell(new ClusterMessage(ClusterMessageType.DisconnectSockets) { Options = options, Close = close });
        return _local.DisconnectSocketsAsync(options, close);
    }

    /// <inheritdoc/>
    public virtual ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);

        if (Owner.Recovery is not { IsShared: true })
        {
            Tell(new ClusterMessage(ClusterMessageType.Broadcast) { Event = packet.ToRawJson(), Options = options });
        }

        return _local.BroadcastAsync(packet, options);
    }

    /// <inheritdoc/>
    public async Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);

        var here = _local.BroadcastWithAckAsync(packet, options, timeout);

        if (options.IsLocal)
        {
            return await here;
        }

        var elsewhere = await AskAsync(
            new ClusterMessage(ClusterMessageType.Broadcast) { Event = packet.ToRawJson(), Options = options with { Timeout = timeout } },
            timeout);
        var local = await here;
        return new BroadcastAcks([.. local.Responses, .. elsewhere.Answers], local.RecipientCount + elsewhere.Asked);
    }

    /// <inheritdoc/>
    public ValueTask ServerSideEmitAsync(EncodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);

        Tell(new ClusterMessage(ClusterMessageType.ServerSideEmit) { Event = packet.ToRawJson() });
        return default;
    }

    /// <inheritdoc/>
    public async Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(packet);

        var answers = await AskAsync(new ClusterMessage(ClusterMessageType.ServerSideEmit) { Event = packet.ToRawJson() }, timeout);
        return new BroadcastAcks(answers.Answers, Math.Max(answers.Expected, answers.Servers));
    }

    /// <inheritdoc/>
    public void OnAck(Socket socket, long id, in JsonPayload payload) => _local.OnAck(socket, id, payload);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _requests.Dispose();
        _receiver.Dispose();
        return _local.DisposeAsync();
    }

    /// <summary>Sends a message to all others. It must neither fail nor wait; what cannot be sent is counted by the derived adapter.</summary>
    protected abstract void Publish(ClusterMessage message);

    /// <summary>Sends an answer to the server that asked; as <see cref="Publish"/>.</summary>
    /// <param name="requester">That server's id.</param>
    /// <param name="response">The answer.</param>
    protected abstract void PublishResponse(string requester, ClusterMessage response);

    /// <summary>Finds out how many servers have this namespace, this one included. It may fail when the bus is away.</summary>
    protected abstract Task<int> CountServersAsync();

    /// <summary>Whether a room has members here; that of a socket's own id has one.</summary>
    protected bool HasRoom(string room) => _local.HasRoom(room);

    /// <summary>Does what another server says. Never fails; what comes from this server itself is ignored.</summary>
    /// <exception cref="ArgumentNullException">There is no message.</exception>
    protected void Receive(ClusterMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);

        if (message.Sender == Members.Self)
        {
            return;
        }

        try
        {
            if (message.Type is ClusterMessageType.FetchSocketsResponse
                or ClusterMessageType.ServerSideEmitResponse
                or ClusterMessageType.BroadcastClientCount
                or ClusterMessageType.BroadcastAck)
            {
                _requests.OnResponse(message);
            }
            else
            {
                _receiver.OnMessage(message);
            }
        }
        catch (Exception exception)
        {
            Log.MessageFailed(Owner.Server.Logger, exception, message.Type, Owner.Name);
        }
    }

    private void Tell(ClusterMessage message)
    {
        if (!message.Options.IsLocal)
        {
            TryPublish(message);
        }
    }

    // It is not to fail, but somebody else wrote it: what is meant for all is done here all the same.
    private bool TryPublish(ClusterMessage message) => _guard.Call(
        "ClusterAdapter.Publish",
        (Adapter: this, Message: message with { Sender = Members.Self }),
        static call => call.Adapter.Publish(call.Message));

    private void Respond(string requester, ClusterMessage response) => _guard.Call(
        "ClusterAdapter.PublishResponse",
        (Adapter: this, Requester: requester, Response: response with { Sender = Members.Self }),
        static call => call.Adapter.PublishResponse(call.Requester, call.Response));

    private async Task<ClusterAnswers> AskAsync(ClusterMessage message, TimeSpan timeout)
    {
        var request = _requests.Start(timeout);

        if (!TryPublish(message with { RequestId = request.Id }))
        {
            // Nobody was asked, so nobody is waited for.
            request.End();
        }

        var answers = await request.Ended;

        if (answers.Servers < answers.Expected)
        {
            Log.AnswersMissing(Owner.Server.Logger, answers.Expected - answers.Servers, answers.Expected, message.Type, Owner.Name);
        }

        return answers;
    }

    private async Task CountAsync(ClusterRequest request)
    {
        try
        {
            request.Expect(Math.Max(0, await CountServersAsync() - 1));
        }
        catch (Exception exception)
        {
            // Without the bus nobody can answer.
            Log.CountFailed(Owner.Server.Logger, exception, Owner.Name);
            request.End();
        }
    }
}
