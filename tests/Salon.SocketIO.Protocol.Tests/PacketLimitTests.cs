using System.Text;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>What one connection can make the server keep, counted in the bytes that its decoder holds.</summary>
public class PacketLimitTests
{
    private const string Placeholder = """{"_placeholder":true,"num":0}""";

    private readonly PacketDecoder _decoder = new(new PacketLimits { MaxAttachments = 3, MaxAttachmentBytes = 1000, MaxNamespaceBytes = 10, MaxArguments = 100 });

    [Fact]
    public void A_packet_that_waits_for_attachments_says_whom_it_is_for()
    {
        Assert.Equal(DecodeStatus.NeedsAttachment, Add($"52-/never,7[\"e\",{Placeholder}]", out var first));
        Assert.Equal(("/never", 7L, PacketType.Event), (first.Namespace, first.Id, first.Type));
        Assert.Equal(DecodeStatus.NeedsAttachment, _decoder.AddBinary([1], out var second));
        Assert.Equal("/never", second.Namespace);
    }

    [Theory]
    [InlineData(1000, 0, 0, DecodeStatus.Complete)]
    [InlineData(500, 499, 1, DecodeStatus.Complete)]
    [InlineData(0, 0, 0, DecodeStatus.Complete)]
    [InlineData(500, 500, 1, DecodeStatus.Invalid)]
    [InlineData(1, 0, 1000, DecodeStatus.Invalid)]
    public void Attachments_are_bounded_together(int first, int second, int third, DecodeStatus last)
    {
        Add($"53-[\"e\",{Placeholder}]", out _);
        Assert.Equal(DecodeStatus.NeedsAttachment, _decoder.AddBinary(new byte[first], out _));
        Assert.Equal(DecodeStatus.NeedsAttachment, _decoder.AddBinary(new byte[second], out _));
        Assert.Equal(last, _decoder.AddBinary(new byte[third], out _));
    }

    [Fact]
    public void The_next_packet_has_the_whole_budget_again()
    {
        for (var i = 0; i < 5; i++)
        {
            Add($"51-[\"e\",{Placeholder}]", out _);
            Assert.Equal(DecodeStatus.Complete, _decoder.AddBinary(new byte[900], out _));
            Assert.Equal(0, _decoder.PendingBytes);
        }
    }

    [Fact]
    public void Half_a_packet_holds_its_text_and_what_came_and_a_place_for_the_rest()
    {
        var text = $"52-[\"e\",{Placeholder}]";
        Assert.Equal(0, _decoder.PendingBytes);

        Add(text, out _);
        Assert.InRange(_decoder.PendingBytes, text.Length - 3, text.Length + 100);

        _decoder.AddBinary(new byte[700], out _);
        Assert.InRange(_decoder.PendingBytes, text.Length - 3 + 700, text.Length + 800);
        Assert.Equal(DecodeStatus.Invalid, _decoder.AddBinary(new byte[301], out _));
        Assert.InRange(_decoder.PendingBytes, 0, text.Length + 800);
    }

    [Fact]
    public void A_text_full_of_arguments_or_with_a_long_name_is_not_held_several_times()
    {
        var decoder = new PacketDecoder();
        var arguments = $"51-[\"e\",{Placeholder}{string.Concat(Enumerable.Repeat(",0", 9_000))}]";
        var name = $"51-[\"{new string('e', 100_000)}\",{Placeholder}]";

        Assert.Equal(DecodeStatus.NeedsAttachment, decoder.Add(Encoding.UTF8.GetBytes(arguments), out _));
        Assert.InRange(decoder.PendingBytes, 18_000, 100_000);
        decoder.AddBinary([], out _);
        Assert.Equal(DecodeStatus.NeedsAttachment, decoder.Add(Encoding.UTF8.GetBytes(name), out var packet));
        Assert.InRange(decoder.PendingBytes, 100_000, 110_000);
        Assert.Equal(100_000, packet.Payload.EventName.Length);
    }

    [Theory]
    [InlineData(98, DecodeStatus.NeedsAttachment)]
    [InlineData(99, DecodeStatus.Invalid)]
    public void Arguments_that_are_kept_are_counted_since_each_costs_more_here_than_on_the_wire(int arguments, DecodeStatus status)
    {
        // Inside of an argument, and where nothing is kept, there may be any number.
        var many = string.Concat(Enumerable.Repeat(",0", 1000));
        Assert.Equal(DecodeStatus.Complete, Add($"2[\"e\"{many}]", out _));
        Assert.Equal(DecodeStatus.Complete, Add($"2[\"e\",[0{many}]]", out _));

        Assert.Equal(status, Add($"51-[\"e\",{Placeholder}{string.Concat(Enumerable.Repeat(",0", arguments))}]", out _));
    }

    [Theory]
    [InlineData("/456789012", DecodeStatus.Complete)]
    [InlineData("/45678901é", DecodeStatus.Invalid)]
    [InlineData("/4567890123", DecodeStatus.Invalid)]
    public void Names_of_namespaces_are_bounded_in_bytes(string name, DecodeStatus status)
    {
        foreach (var packet in new[] { $"0{name},", $"0{name}", $"2{name},[\"e\"]", $"3{name},1[]", $"1{name},", $"0{name}?token=x," })
        {
            Assert.Equal(packet.Contains('?', StringComparison.Ordinal) ? DecodeStatus.Invalid : status, Add(packet, out _));
        }
    }

    [Theory]
    [InlineData("2999999999999999999[\"e\"]", DecodeStatus.Complete)]
    [InlineData("29999999999999999999[\"e\"]", DecodeStatus.Invalid)]
    [InlineData("51-9999999999999999999[\"e\"]", DecodeStatus.Invalid)]
    [InlineData("2-1[\"e\"]", DecodeStatus.Invalid)]
    [InlineData("21.5[\"e\"]", DecodeStatus.Invalid)]
    public void Numbers_of_acks_are_numbers(string packet, DecodeStatus status) => Assert.Equal(status, Add(packet, out _));

    [Fact]
    public void A_waiting_packet_costs_what_it_holds()
    {
        Add($"2[\"\\u0065\",1,2]", out var escaped);
        Assert.Equal("""["\u0065",1,2]""".Length + 1 + (3 * 8), escaped.Payload.Size);

        Add($"51-[\"e\",{Placeholder}]", out _);
        _decoder.AddBinary(new byte[10], out var packet);
        Assert.Equal($"[\"e\",{Placeholder}]".Length + (2 * 8) + 10, packet.Payload.Size);
        Assert.Equal(packet.Payload.Size, packet.Detach().Payload.Size);
        Assert.Equal("e", Encoding.UTF8.GetString(packet.Detach().Payload.EventName.Span));
        Assert.Equal("e", Encoding.UTF8.GetString(escaped.Detach().Payload.EventName.Span));
    }

    private DecodeStatus Add(string text, out Packet packet) => _decoder.Add(Encoding.UTF8.GetBytes(text), out packet);
}
