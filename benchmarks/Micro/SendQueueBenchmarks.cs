using BenchmarkDotNet.Attributes;
using Salon.EngineIO;
using Salon.EngineIO.Sessions;

namespace Salon.Benchmarks.Micro;

/// <summary>What it costs to queue a message for a client and to take it out as a frame.</summary>
[MemoryDiagnoser]
public class SendQueueBenchmarks
{
    private const int Gathered = 16;

    private readonly SendQueue _queue = new(maxBytes: 1 << 20);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly EngineMessage _message = EngineMessage.CreateText("2[\"message\",\"0123456789012345678901234567890123456789\"]"u8);

    [GlobalSetup]
    public void SetUp() => _queue.TryLease(new Idle());

    [Benchmark]
    public int QueueAndTakeOne()
    {
        _queue.TryAdd(_message);
        return _queue.TakeFrames(_buffer, out _);
    }

    [Benchmark(OperationsPerInvoke = Gathered)]
    public int QueueManyAndTakeThemTogether()
    {
        for (var i = 0; i < Gathered; i++)
        {
            _queue.TryAdd(_message);
        }

        return _queue.TakeFrames(_buffer, out _);
    }

    private sealed class Idle : IQueueDrain
    {
        public bool IsWritable => true;

        public void OnQueued()
        {
        }
    }
}
