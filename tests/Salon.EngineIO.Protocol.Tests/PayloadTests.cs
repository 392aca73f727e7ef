using System.Buffers;
using System.Text;

namespace Salon.EngineIO.Protocol.Tests;

/// <summary>Payloads of HTTP long-polling: packets side by side, binary ones in base64.</summary>
public class PayloadTests
{
    [Fact]
    public void Packets_are_read_in_order()
    {
        Assert.Equal(["Message hello", "Ping", "Message <4 bytes>", "Message €"], Read("4hello\u001e2\u001ebAQIDBA==\u001e4€"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4hello\u001e")]
    [InlineData("\u001e4hello")]
    [InlineData("4hello\u001e\u001e4hello")]
    [InlineData("4hello\u001eabc")]
    public void A_malformed_packet_is_invalid_and_ends_the_payload(string payload)
    {
        Assert.Equal("invalid", Read(payload)[^1]);
    }

    [Fact]
    public void Empty_binary_data_is_a_packet()
    {
        Assert.Equal(["Message <0 bytes>"], Read("b"));
    }

    [Fact]
    public void What_is_written_is_what_the_protocol_shows()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);

        writer.WriteText("4hello"u8);
        writer.WriteBinary([1, 2, 3, 4]);
        writer.WriteText("2"u8);

        Assert.Equal("4hello\u001ebAQIDBA==\u001e2", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public void The_length_of_binary_data_is_known_before_it_is_written(int length)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);

        writer.WriteBinary(new byte[length]);

        Assert.Equal(PayloadWriter.BinaryLength(length), output.WrittenCount);
    }

    [Fact]
    public void Any_bytes_are_read_to_an_end_without_an_exception()
    {
        var random = new Random(20261121);
        var alphabet = "0123456b4=A/+\u001e\u001e\u0000é{"u8.ToArray();

        for (var round = 0; round < 20_000; round++)
        {
            var payload = new byte[random.Next(24)];

            for (var i = 0; i < payload.Length; i++)
            {
                payload[i] = random.Next(4) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            var reader = new PayloadReader(payload);
            var packets = 0;

            while (reader.Read(out _) == PayloadStatus.Packet)
            {
                Assert.True(++packets <= payload.Length + 1);
            }
        }
    }

    private static List<string> Read(string payload)
    {
        var reader = new PayloadReader(Encoding.UTF8.GetBytes(payload));
        var packets = new List<string>();

        while (true)
        {
            switch (reader.Read(out var packet))
            {
                case PayloadStatus.Packet:
                    packets.Add(packet.ToString());
                    break;

                case PayloadStatus.Invalid:
                    packets.Add("invalid");
                    return packets;

                default:
                    return packets;
            }
        }
    }
}
