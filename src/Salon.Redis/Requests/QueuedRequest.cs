namespace Salon.Redis.Requests;

/// <summary>
/// A command that was added to a queue, or was not: <see cref="Settle"/> says so to who waits for it, which runs code of others, and is therefore
/// called after all locks.
/// </summary>
internal readonly struct QueuedRequest
{
    private readonly CommandRequest _request;
    private readonly RequestQueue _queue;
    private readonly AddResult _result;

    public QueuedRequest(CommandRequest request, RequestQueue queue) => (_request, _queue, _result) = (request, queue, queue.TryAdd(request));

    /// <summary>Fails the command when the queue did not take it.</summary>
    public void Settle()
    {
        switch (_result)
        {
            case AddResult.Full:
                _request.OnRefused(_queue.MaxBytes);
                break;
            case AddResult.Closed:
                _request.OnDropped();
                break;
        }
    }
}
