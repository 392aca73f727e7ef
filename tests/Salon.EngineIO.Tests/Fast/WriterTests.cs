using Salon.EngineIO.Sessions;
using Salon.EngineIO.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What a writer does with a connection that fails.</summary>
[Trait("Stage", "fast")]
public class WriterTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Whatever_a_write_throws_the_writer_comes_to_its_end_and_says_what_nobody_knew(bool isLater, bool isKnown)
    {
        Exception thrown = isKnown ? new IOException("reset") : new NotSupportedException("unheard of");
        var told = new TaskCompletionSource<Exception?>();
        var queue = new SendQueue(1_000_000);
        using var stream = new FailingStream(thrown, isLater);
        var writer = new WebSocketWriter(stream, deflateThreshold: null, told.SetResult);
        writer.Drain(queue);

        // Who queues is not to blame, and meets nothing.
        Assert.Equal(QueueStatus.Added, queue.TryAdd(EngineMessage.CreateText("a"u8)));
        stream.Fail();

        Assert.Equal(isKnown ? null : thrown, await told.Task.Soon());
        await writer.FinishAsync().Soon();
        await Eventually.Async("it is not draining for ever", () => writer.IsWritable);
        Assert.Equal(QueueStatus.Completed, queue.TryAdd(EngineMessage.CreateText("b"u8)));
        Assert.Equal(0, queue.Count);
    }

    private sealed class FailingStream(Exception exception, bool isLater) : MemoryStream
    {
        private readonly TaskCompletionSource _later = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail() => _later.TrySetException(exception);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            isLater ? new ValueTask(_later.Task) : throw exception;
    }
}
