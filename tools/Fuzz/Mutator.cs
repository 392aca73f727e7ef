namespace Salon.Fuzz;

/// <summary>Makes inputs of known ones: bytes changed, cut out, doubled, joined with others, lengths and numbers at their borders.</summary>
internal sealed class Mutator(Corpus corpus, Random random)
{
    private static readonly byte[][] Interesting =
    [
        [0], [0x7F], [0x80], [0xFF], "-"u8.ToArray(), "99999999999999999999"u8.ToArray(), "18446744073709551616"u8.ToArray(), "1e999"u8.ToArray(),
        "\"\\ud800\""u8.ToArray(), "{\"_placeholder\":true,\"num\":0}"u8.ToArray(), "{\"_placeholder\":true,\"num\":-1}"u8.ToArray(), "[[[[[[[["u8.ToArray(),
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x1E], "b"u8.ToArray(), "=="u8.ToArray(), "/,"u8.ToArray(),
        [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xC6, 0x7F, 0xFF, 0xFF, 0xFF], [0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFE, 0xFF, 0xFF],
    ];

    public byte[] Next()
    {
        var input = corpus[random.Next(corpus.Count)].ToList();

        for (var change = random.Next(1, 6); change > 0; change--)
        {
            Change(input);
        }

        return [.. input];
    }

    private void Change(List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        var length = random.Next(Math.Min(input.Count - at, 16) + 1);

        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;

            case 1 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;

            case 2:
                input.RemoveRange(at, length);
                break;

            case 3:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                break;

            case 4:
                input.InsertRange(at, Interesting[random.Next(Interesting.Length)]);
                break;

            case 5:
                var other = corpus[random.Next(corpus.Count)];
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;

            case 6 when at < input.Count:
                // A digit more or less: lengths, numbers of attachments, types.
                input[at] = (byte)(input[at] + (random.Next(2) == 0 ? 1 : -1));
                break;

            case 7 when input.Count < 4096:
                // Much of the same.
                var repeated = input.GetRange(at, length);

                for (var i = random.Next(64); i > 0; i--)
                {
                    input.InsertRange(at, repeated);
                }

                break;
        }
    }
}
