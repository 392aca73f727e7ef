using System.Buffers;
using System.Text;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.MessagePack.Tests;

/// <summary>What clients send, as the official parser writes it, and what nobody should.</summary>
public class DecoderTests
{
    [Fact]
    public void The_packets_of_the_official_client_are_read()
    {
        // type, data (undefined), nsp
        AssertPacket("83a474797065" + "00" + "a464617461" + "d40000" + "a36e7370" + "a12f", PacketType.Connect, "/", null, "");

        // type, data, options, id, nsp
        AssertPacket(
            "85a474797065" + "02" + "a464617461" + "93a26576" + "81a16101" + "c40107" + "a76f7074696f6e73" + "81a8636f6d7072657373c3" + "a26964" + "0c" + "a36e7370" + "a52f63686174",
            PacketType.Event,
            "/chat",
            12,
            """["ev",{"a":1},{"_placeholder":true,"num":0}]""");

        AssertPacket("84a26964" + "05" + "a474797065" + "03" + "a464617461" + "91a26f6b" + "a36e7370" + "a12f", PacketType.Ack, "/", 5, """["ok"]""");
        AssertPacket("82a474797065" + "01" + "a36e7370" + "a12f", PacketType.Disconnect, "/", null, "");
        AssertPacket("82a36e7370" + "a12f" + "a474797065" + "01", PacketType.Disconnect, "/", null, "");
    }

    [Theory]
    [InlineData("c0", "null")]
    [InlineData("d40000", "null")]
    [InlineData("c3", "true")]
    [InlineData("7f", "127")]
    [InlineData("e0", "-32")]
    [InlineData("cc80", "128")]
    [InlineData("cd0100", "256")]
    [InlineData("ce00010000", "65536")]
    [InlineData("cfffffffffffffffff", "18446744073709551615")]
    [InlineData("d080", "-128")]
    [InlineData("d1ff7f", "-129")]
    [InlineData("d2ffff7fff", "-32769")]
    [InlineData("d38000000000000000", "-9223372036854775808")]
    [InlineData("ca3fc00000", "1.5")]
    [InlineData("cb3ff8000000000000", "1.5")]
    [InlineData("cb7ff8000000000000", "null")]
    [InlineData("cb7ff0000000000000", "null")]
    [InlineData("d903e282ac", "\"€\"")]
    [InlineData("da0003e282ac", "\"€\"")]
    [InlineData("db00000003e282ac", "\"€\"")]
    [InlineData("a4220a5c3c", "\"\\\"\\n\\\\<\"")]
    [InlineData("dc000101", "[1]")]
    [InlineData("dd0000000101", "[1]")]
    [InlineData("de0001a16101", "{\"a\":1}")]
    [InlineData("df00000001a16101", "{\"a\":1}")]
    [InlineData("d70000000182d14c1c00", "\"2022-08-24T19:20:02.304Z\"")]
    [InlineData("d6ff00000001", "\"1970-01-01T00:00:01.000Z\"")]
    [InlineData("c70cff00000000ffffffffffffffff", "\"1969-12-31T23:59:59.000Z\"")]
    [InlineData("d7007fffffffffffffff", "null")]
    public void Values_become_json(string value, string json)
    {
        AssertPacket("83a474797065" + "02" + "a464617461" + "92a165" + value + "a36e7370" + "a12f", PacketType.Event, "/", null, $"[\"e\",{json}]");
    }

    [Theory]
    [InlineData("")]
    [InlineData("c0")]
    [InlineData("90")]
    [InlineData("80")]
    [InlineData("81a474797065" + "02")]
    [InlineData("81a36e7370" + "a12f")]
    [InlineData("82a474797065" + "05" + "a36e7370" + "a12f")]
    [InlineData("82a474797065" + "ff" + "a36e7370" + "a12f")]
    [InlineData("82a474797065" + "a132" + "a36e7370" + "a12f")]
    [InlineData("82a474797065" + "01" + "a36e7370" + "a161")]
    [InlineData("82a474797065" + "01" + "a36e7370" + "a32f2c61")]
    [InlineData("82a474797065" + "01" + "a36e7370" + "07")]
    [InlineData("82a474797065" + "01" + "a36e7370" + "a2ffff")]
    [InlineData("82a474797065" + "01" + "a36e7370" + "a12f" + "00")]
    [InlineData("83a474797065" + "01" + "a36e7370" + "a12f")]
    [InlineData("82" + "01" + "02" + "a474797065" + "01")]
    [InlineData("83a474797065" + "02" + "a464617461" + "80" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "91c0" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "91a7636f6e6e656374" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "00" + "a464617461" + "c40107" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "92a16581" + "01" + "02" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "92a165a2ffff" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "92a165c1" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "92a165d50700" + "00" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "ddffffffff" + "a36e7370" + "a12f")]
    [InlineData("83a474797065" + "02" + "a464617461" + "c6ffffffff" + "a36e7370" + "a12f")]
    [InlineData("84a474797065" + "02" + "a464617461" + "91a165" + "a26964" + "ff" + "a36e7370" + "a12f")]
    [InlineData("84a474797065" + "02" + "a464617461" + "91a165" + "a26964" + "a131" + "a36e7370" + "a12f")]
    public void What_breaks_a_rule_is_invalid(string hex)
    {
        Assert.Equal(DecodeStatus.Invalid, MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(Convert.FromHexString(hex), out _));
    }

    [Theory]
    [InlineData(3, DecodeStatus.Complete)]
    [InlineData(4, DecodeStatus.Invalid)]
    public void Binary_data_is_counted_and_bounded_as_attachments_are(int pieces, DecodeStatus status)
    {
        var decoder = MessagePackParser.Instance.CreateDecoder(new PacketLimits { MaxAttachments = 3 });
        byte[] packet = [.. Convert.FromHexString("83a47479706502a464617461"), (byte)(0x91 + pieces), .. Convert.FromHexString("a165"), .. Enumerable.Repeat<byte[]>([0xc4, 0x00], pieces).SelectMany(static bytes => bytes), .. Convert.FromHexString("a36e7370a12f")];
        Assert.Equal(status, decoder.AddBinary(packet, out _));

        var large = MessagePackParser.Instance.CreateDecoder(new PacketLimits { MaxAttachmentBytes = 2 });
        Assert.Equal(DecodeStatus.Complete, large.AddBinary(Convert.FromHexString("83a47479706502a46461746192a165c4020102a36e7370a12f"), out _));
        Assert.Equal(DecodeStatus.Invalid, large.AddBinary(Convert.FromHexString("83a47479706502a46461746192a165c403010203a36e7370a12f"), out _));
    }

    [Fact]
    public void Names_of_namespaces_are_bounded()
    {
        var decoder = MessagePackParser.Instance.CreateDecoder(new PacketLimits { MaxNamespaceBytes = 3 });
        Assert.Equal(DecodeStatus.Complete, decoder.AddBinary(Convert.FromHexString("82a47479706501a36e7370a32f6162"), out _));
        Assert.Equal(DecodeStatus.Invalid, decoder.AddBinary(Convert.FromHexString("82a47479706501a36e7370a42f616263"), out _));
    }

    [Fact]
    public void Floats_that_are_whole_are_whole_numbers()
    {
        var decoder = MessagePackParser.Instance.CreateDecoder(new PacketLimits());
        Assert.Equal(DecodeStatus.Complete, decoder.AddBinary(Convert.FromHexString("83a47479706502a46461746195a165cb4008000000000000ca40400000cbbff0000000000000cb41dfffffffc00000a36e7370a12f"), out var packet));
        var codec = new JsonCodec();

        foreach (var (index, expected) in new[] { (1, 3), (2, 3), (3, -1), (4, int.MaxValue) })
        {
            Assert.True(codec.TryRead<int>(packet.Payload[index].Span, [], out var value));
            Assert.Equal(expected, value);
        }
    }

    [Fact]
    public void Text_is_invalid()
    {
        Assert.Equal(DecodeStatus.Invalid, MessagePackParser.Instance.CreateDecoder(new PacketLimits()).Add("2[\"e\"]"u8.ToArray(), out _));
    }

    [Theory]
    [InlineData(30, DecodeStatus.Complete)]
    [InlineData(100, DecodeStatus.Invalid)]
    [InlineData(500_000, DecodeStatus.Invalid)]
    public void Nesting_is_bounded(int depth, DecodeStatus status)
    {
        byte[] packet = [.. Convert.FromHexString("83a47479706502a46461746192a165"), .. Enumerable.Repeat((byte)0x91, depth), 0xc0, .. Convert.FromHexString("a36e7370a12f")];
        Assert.Equal(status, MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(packet, out _));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var output = new ArrayBufferWriter<byte>();
        var json = """["e",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}],-1.5]""";
        MessagePackParser.Instance.Encode(new PacketHeader(PacketType.Event, "/a", 3, 2), Encoding.UTF8.GetBytes(json), [new byte[] { 1 }, new byte[] { 2 }], output);

        Assert.Equal(DecodeStatus.Complete, MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(output.WrittenSpan, out var packet));
        Assert.Equal("""["e",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}],-1.5]""", Encoding.UTF8.GetString(packet.Payload.Json.Span));
        Assert.Equal(["02", "01"], packet.Payload.Attachments.Select(Convert.ToHexString));
    }

    [Fact]
    public void A_million_inputs_cause_no_exception_and_no_growth()
    {
        // A packet is made of what the input holds, and that is 80 bytes here.
        const long MaxBytesOfAnInput = 2_000;

        var random = new Random(20261121);
        var seed = Convert.FromHexString("85a47479706502a46461746195a26576" + "81a161cb3ff8000000000000" + "c40107" + "d70000000182d14c1c00" + "cd0100" + "a76f7074696f6e7381a8636f6d7072657373c3a269640ca36e7370a52f63686174");
        var decoder = MessagePackParser.Instance.CreateDecoder(new PacketLimits());
        var complete = 0;

        // This thread's own: the memory of the process is everybody's, and other tests run beside this one.
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var round = 0; round < 1_000_000; round++)
        {
            var input = (byte[])seed.Clone();

            for (var change = random.Next(4); change > 0; change--)
            {
                input[random.Next(input.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(input.Length) : input.Length;
            complete += decoder.AddBinary(input.AsSpan(0, length), out _) == DecodeStatus.Complete ? 1 : 0;
        }

        Assert.InRange(complete, 100_000, 900_000);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000, 0, MaxBytesOfAnInput);
    }

    private static void AssertPacket(string hex, PacketType type, string name, long? id, string json)
    {
        Assert.Equal(DecodeStatus.Complete, MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(Convert.FromHexString(hex), out var packet));
        Assert.Equal((type, name, id), (packet.Type, packet.Namespace, packet.Id));
        Assert.Equal(json, Encoding.UTF8.GetString(packet.Payload.Json.Span));
    }
}
