using Salon.SocketIO.Protocol;
using Salon.Timing;

namespace Salon.SocketIO.Adapters;

/// <summary>
/// Collects the answers to one broadcast. It ends when nobody is left who could answer, or by its deadline; either way with what
/// there is. Thread-safe.
/// </summary>
internal sealed class AckCollector(IReadOnlyCollection<Socket> recipients, Action<AckCollector> onEnd, Action<RawJson>? onAnswer) : Deadline
{
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _waitingFor = [.. recipients];
    private readonly List<RawJson> _responses = [];
    private readonly TaskCompletionSource<BroadcastAcks> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<BroadcastAcks> Ended => _end.Task;

    /// <summary>Looks once, after sending, whether there is anybody to wait for: some may have left before this was listening.</summary>
    public void Start()
    {
        foreach (var recipient in recipients)
        {
            if (!recipient.Connected)
            {
                OnRemoved(recipient);
            }
        }

        if (recipients.Count == 0)
        {
            End();
        }
    }

    public void OnAck(Socket socket, in JsonPayload payload)
    {
        bool isLast;
        RawJson answer;

        lock (_gate)
        {
            if (!_waitingFor.Remove(socket))
            {
                // A second answer, or one from somebody who was not asked.
                return;
            }

            answer = payload.Count == 0 ? new RawJson() : new RawJson(payload[0].ToArray(), payload.Attachments);
            _responses.Add(answer);
            isLast = _waitingFor.Count == 0;
        }

        onAnswer?.Invoke(answer);

        if (isLast)
        {
            End();
        }
    }

    /// <summary>The socket is gone and will not answer.</summary>
    public void OnRemoved(Socket socket)
    {
        bool isLast;

        lock (_gate)
        {
            isLast = _waitingFor.Remove(socket) && _waitingFor.Count == 0;
        }

        if (isLast)
        {
            End();
        }
    }

    protected internal override void OnDue() => End();

    private void End()
    {
        BroadcastAcks result;

        lock (_gate)
        {
            result = new BroadcastAcks([.. _responses], recipients.Count);
        }

        if (_end.TrySetResult(result))
        {
            onEnd(this);
        }
    }
}
