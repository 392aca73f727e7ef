using System.Buffers;
using System.Text;

namespace Salon.EngineIO.Protocol.Tests;

/// <summary>Payloads of Engine.IO v3: packets with their lengths in front, as text or as binary.</summary>
public class OldPayloadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Binary_data_in_its_text_form_is_read_as_what_it_was(int length)
    {
        var data = Enumerable.Range(0, length).Select(static i => (byte)(i * 7)).ToArray();

        var encoded = OldPacket.EncodeBase64(data);

        Assert.Equal("b4" + Convert.ToBase64String(data), Encoding.ASCII.GetString(encoded));
        Assert.True(OldPacket.TryParseText(encoded, out var packet));
        Assert.Equal((EnginePacketType.Message, true), (packet.Type, packet.IsBinary));
        Assert.Equal(data, packet.Data.ToArray());
    }

    [Fact]
    public void Packets_of_a_text_payload_are_read_in_order()
    {
        Assert.Equal(["Message hello", "Ping probe", "Message <4 bytes>", "Message €"], Read("6:4hello6:2probe10:b4AQIDBA==2:4€"));
    }

    [Fact]
    public void Lengths_of_a_text_payload_are_in_UTF16_units()
    {
        Assert.Equal(["Message 😀", "Message é"], Read("3:4😀2:4é"));
    }

    [Fact]
    public void Packets_of_a_binary_payload_are_read_in_order()
    {
        byte[] payload = [0, 6, 255, .. "4hello"u8, 1, 5, 255, 4, 1, 2, 3, 4, 0, 1, 0, 255, .. "4123456789"u8];

        Assert.Equal(["Message hello", "Message <4 bytes>", "Message 123456789"], Read(payload, isBinary: true));
    }

    [Theory]
    [InlineData("0:")]
    [InlineData("0:2:4a")]
    [InlineData("2:4a0:")]
    [InlineData("0:0:2:4a0:0:")]
    public void An_empty_packet_of_text_is_passed_over(string payload)
    {
        Assert.Equal(payload.Contains('a') ? ["Message a"] : [], Read(payload));
    }

    [Fact]
    public void A_length_may_have_ten_digits()
    {
        Assert.Equal(["Message a"], Read("0000000002:4a"));
        Assert.Equal(["Message a"], Read((byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 255, .. "4a"u8], isBinary: true));
        Assert.Equal("invalid", Read((byte[])[0, 2, 1, 4, 7, 4, 8, 3, 6, 4, 7, 255, .. "4a"u8], isBinary: true)[^1]);
        Assert.Equal(["Message aaaaaaaa"], Read((byte[])[0, 9, 255, .. "4aaaaaaaa"u8], isBinary: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("6")]
    [InlineData("6:")]
    [InlineData("6:4hell")]
    [InlineData(":4")]
    [InlineData("0:x")]
    [InlineData("-1:4")]
    [InlineData("+1:4")]
    [InlineData(" 1:4")]
    [InlineData("99999999999:4hello")]
    [InlineData("2147483647:4hello")]
    [InlineData("00000000001:4")]
    [InlineData("2:4😀")]
    [InlineData("1:9")]
    [InlineData("1:b")]
    [InlineData("6:b5AQID")]
    [InlineData("1:2x")]
    public void A_malformed_text_payload_is_invalid(string payload)
    {
        Assert.Equal("invalid", Read(payload)[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00FF")]
    [InlineData("0001")]
    [InlineData("000134")]
    [InlineData("0000FF")]
    [InlineData("0002FF34")]
    [InlineData("0201FF34")]
    [InlineData("000AFF34")]
    [InlineData("0101FF34")]
    [InlineData("0101FF05")]
    [InlineData("0002FF34FF")]
    [InlineData("0009090909090909090909090909FF34")]
    [InlineData("0009090909090909090909FF34")]
    public void A_malformed_binary_payload_is_invalid(string payload)
    {
        Assert.Equal("invalid", Read(Convert.FromHexString(payload), isBinary: true)[^1]);
    }

    [Theory]
    [InlineData(false, "6:4hello2:4€3:4😀")]
    [InlineData(true, null)]
    public void What_is_written_is_read_again(bool isBinary, string? text)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OldPayloadWriter(output, isBinary);

        writer.WriteText("4hello"u8);
        writer.WriteText("4€"u8);
        writer.WriteText("4😀"u8);

        if (isBinary)
        {
            writer.WriteBinary(OldPacket.EncodeBinary(new byte[1234]));
            Assert.Equal(["Message hello", "Message €", "Message 😀", "Message <1234 bytes>"], Read(output.WrittenMemory, isBinary));
        }
        else
        {
            Assert.Equal(text, Encoding.UTF8.GetString(output.WrittenSpan));
            Assert.Equal(["Message hello", "Message €", "Message 😀"], Read(output.WrittenMemory, isBinary));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_is_read_ends(bool isBinary)
    {
        var random = new Random(7);
        byte[] alphabet = [.. "0123456789:b4"u8, 0, 1, 2, 255, 0xf0, 0x9f, 0x98, 0x80];

        for (var i = 0; i < 100_000; i++)
        {
            var payload = Enumerable.Range(0, random.Next(0, 24)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            Assert.True(Read(payload, isBinary).Count <= payload.Length + 1);
        }
    }

    private static List<string> Read(string payload) => Read(Encoding.UTF8.GetBytes(payload), isBinary: false);

    private static List<string> Read(ReadOnlyMemory<byte> payload, bool isBinary)
    {
        var reader = new OldPayloadReader(payload, isBinary);
        var packets = new List<string>();

        while (true)
        {
            switch (reader.Read(out var packet))
            {
                case PayloadStatus.Packet:
                    packets.Add(packet.ToString());
                    break;

                case PayloadStatus.End:
                    return packets;

                default:
                    packets.Add("invalid");
                    return packets;
            }
        }
    }
}
