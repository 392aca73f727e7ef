using Salon.SocketIO.Protocol;
using Salon.Timing;

namespace Salon.SocketIO.Connections;

/// <summary>One answer that is waited for. As a deadline, it is the end of the patience.</summary>
internal abstract class PendingAck(PendingAcks owner, long id) : Deadline
{
    /// <summary>The answer came.</summary>
    public abstract void Complete(in JsonPayload payload);

    /// <summary>The answer will not come.</summary>
    public abstract void Fail(Exception exception);

    protected internal override void OnDue()
    {
        if (owner.TryRemove(id))
        {
            Fail(new TimeoutException("operation has timed out"));
        }
    }
}

internal sealed class PendingAck<T>(PendingAcks owner, long id, JsonCodec codec) : PendingAck(owner, id)
{
    private readonly TaskCompletionSource<T?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T?> Answer => _answer.Task;

    public override void Complete(in JsonPayload payload)
    {
        try
        {
            if (AckReader.TryRead<T>(payload, codec, out var value))
            {
                _answer.TrySetResult(value);
            }
            else
            {
                Fail(new SocketIOException("invalid_ack", $"The client's answer is no {typeof(T).Name}."));
            }
        }
        catch (Exception exception)
        {
            // The type cannot be read at all, or its converter throws: the mistake of whoever waits, who shall learn of it.
            Fail(exception);
        }
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
