using Salon.EngineIO.Sessions;

namespace Salon.EngineIO.Transports;

/// <summary>One GET that waits for something to send. It holds the queue's lease meanwhile: a second one cannot.</summary>
internal sealed class PendingPoll : IQueueDrain
{
    private readonly TaskCompletionSource<PollEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PollEnd> Ended => _end.Task;

    public bool IsWritable => !_end.Task.IsCompleted;

    public void OnQueued() => End(PollEnd.Data);

    public void End(PollEnd end) => _end.TrySetResult(end);
}
