using System.Collections.Concurrent;
using Salon.Timing;

namespace Salon.SocketIO.Clustering;

/// <summary>The questions of one namespace that wait for answers; each lives until it ends, which its timeout bounds. Thread-safe.</summary>
internal sealed class ClusterRequests : IDisposable
{
    private readonly ConcurrentDictionary<string, ClusterRequest> _pending = new(StringComparer.Ordinal);
    private readonly DeadlineScheduler _deadlines;
    private readonly IClusterMembers _members;
    private readonly Action<ClusterRequest> _onEnd;
    private readonly Action<ClusterRequest> _count;

    /// <param name="members">Who tells when a server has gone.</param>
    /// <param name="deadlines">Ends what takes too long.</param>
    /// <param name="count">Finds out how many servers there are, and tells the question.</param>
    public ClusterRequests(IClusterMembers members, DeadlineScheduler deadlines, Action<ClusterRequest> count)
    {
        (_members, _deadlines, _count) = (members, deadlines, count);
        _onEnd = OnEnd;
        _members.Left += OnLeft;
    }

    /// <summary>Begins to listen for answers.</summary>
    public ClusterRequest Start(TimeSpan timeout)
    {
        var request = new ClusterRequest(_onEnd);
        _pending[request.Id] = request;
        _deadlines.Schedule(request, timeout);
        _count(request);
        return request;
    }

    /// <summary>Takes an answer. One that comes too late, or that nobody asked for, is nobody's.</summary>
    public void OnResponse(ClusterMessage response)
    {
        if (response.RequestId is not { } id || !_pending.TryGetValue(id, out var request))
        {
            return;
        }

        switch (response.Type)
        {
            case ClusterMessageType.FetchSocketsResponse:
                request.OnServer(response.Sender, answersToCome: 0, sockets: response.Sockets);
                break;

            case ClusterMessageType.ServerSideEmitResponse:
                request.OnServer(response.Sender, answersToCome: 0, response.Answer);
                break;

            case ClusterMessageType.BroadcastClientCount:
                request.OnServer(response.Sender, Math.Max(0, response.ClientCount));
                break;

            case ClusterMessageType.BroadcastAck:
                request.OnAnswer(response.Sender, response.Answer);
                break;
        }
    }

    public void Dispose()
    {
        _members.Left -= OnLeft;

        foreach (var (_, request) in _pending)
        {
            request.End();
        }
    }

    private void OnLeft(string server)
    {
        foreach (var (_, request) in _pending)
        {
            request.OnLeft(server);
            _count(request);
        }
    }

    private void OnEnd(ClusterRequest request)
    {
        _pending.TryRemove(request.Id, out _);
        _deadlines.Cancel(request);
    }
}
