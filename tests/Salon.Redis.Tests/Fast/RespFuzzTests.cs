using System.Text;
using Salon.Redis.Protocol;

namespace Salon.Redis.Tests.Fast;

/// <summary>Bytes that nobody would send. The seeds are fixed: what fails once fails again.</summary>
[Trait("Stage", "fast")]
public class RespFuzzTests
{
    private static readonly byte[][] Valid = [.. RespReaderTests.Replies.Select(static row => Encoding.UTF8.GetBytes(row.Data.Item1))];

    private static readonly byte[] Meaningful = "+-:$*_#,(!=%~>|0123456789\r\n"u8.ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_million_broken_inputs_are_read_or_refused_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 500_000; i++)
        {
            Feed(i % 2 == 0 ? Mutate(random) : Invent(random), random);
        }

        // What the inputs and the errors themselves take, with air.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 500_000, 0, 20_000);
    }

    private static byte[] Mutate(Random random)
    {
        var wire = (byte[])Valid[random.Next(Valid.Length)].Clone();

        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            wire[random.Next(wire.Length)] = random.Next(2) == 0 ? Meaningful[random.Next(Meaningful.Length)] : (byte)random.Next(256);
        }

        return wire;
    }

    private static byte[] Invent(Random random)
    {
        var wire = new byte[random.Next(1, 40)];

        for (var i = 0; i < wire.Length; i++)
        {
            wire[i] = Meaningful[random.Next(Meaningful.Length)];
        }

        return wire;
    }

    private static void Feed(byte[] wire, Random random)
    {
        var reader = new RespReader(new RespLimits(4096));
        var start = 0;
        var end = random.Next(1, wire.Length + 1);

        while (true)
        {
            var status = reader.Read(wire.AsSpan(start, end - start), out var consumed, out var reply);
            Assert.InRange(consumed, 0, end - start);
            start += consumed;

            switch (status)
            {
                case ReadStatus.Invalid:
                    Assert.NotNull(reader.Error);
                    return;
                case ReadStatus.Complete:
                    RespReaderTests.Show(reply!);
                    continue;
                case ReadStatus.NeedsMore when end == wire.Length:
                    return;
                default:
                    end = wire.Length;
                    continue;
            }
        }
    }
}
