using System.Text;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>Packets with binary attachments, and what arrives between them.</summary>
public class AttachmentTests
{
    private readonly PacketDecoder _decoder = new();
    private readonly JsonCodec _codec = new();

    [Fact]
    public void A_packet_is_complete_with_its_last_attachment()
    {
        Assert.Equal(DecodeStatus.NeedsAttachment, Add("""52-/admin,7["baz",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]""", out _));
        Assert.Equal(DecodeStatus.NeedsAttachment, _decoder.AddBinary([1, 2], out _));
        Assert.Equal(DecodeStatus.Complete, _decoder.AddBinary([3], out var packet));

        Assert.Equal((PacketType.Event, "/admin", 7L), (packet.Type, packet.Namespace, packet.Id));
        Assert.True(_codec.TryRead<byte[]>(packet.Payload[1].Span, packet.Payload.Attachments, out var first));
        Assert.True(_codec.TryRead<byte[][]>(packet.Payload[2].Span, packet.Payload.Attachments, out var second));
        Assert.Equal([3], first);
        Assert.Equal([1, 2], Assert.Single(second!));
    }

    [Fact]
    public void Acks_have_attachments_too()
    {
        Assert.Equal(DecodeStatus.NeedsAttachment, Add("""61-/admin,7[{"_placeholder":true,"num":0}]""", out _));
        Assert.Equal(DecodeStatus.Complete, _decoder.AddBinary([], out var packet));
        Assert.Equal((PacketType.Ack, 7L), (packet.Type, packet.Id));
        Assert.Empty(packet.Payload.Attachments[0]);
    }

    [Theory]
    [InlineData("5[\"foo\"]")]
    [InlineData("5-[\"foo\"]")]
    [InlineData("50-[\"foo\"]")]
    [InlineData("511-[\"foo\"]")]
    [InlineData("55999999-[\"foo\"]")]
    [InlineData("599999999999999999999-[\"foo\"]")]
    [InlineData("5-1-[\"foo\"]")]
    [InlineData("5+1-[\"foo\"]")]
    [InlineData("51.0-[\"foo\"]")]
    [InlineData("51e1-[\"foo\"]")]
    [InlineData("5abc-[\"foo\"]")]
    [InlineData("51")]
    [InlineData("51-")]
    [InlineData("51-{}")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":1}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":-1}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":0.5}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":\"0\"}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":\"splice\"}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true,\"num\":99999999999}]")]
    [InlineData("51-[\"foo\",{\"_placeholder\":true}]")]
    [InlineData("51-[\"foo\",{\"num\":5,\"_placeholder\":true}]")]
    [InlineData("51-[\"foo\",[{\"a\":{\"_placeholder\":true,\"num\":1}}]]")]
    [InlineData("60-1[\"foo\"]")]
    public void A_count_or_placeholder_that_cannot_be_is_invalid(string text)
    {
        Assert.Equal(DecodeStatus.Invalid, Add(text, out _));
    }

    [Fact]
    public void Ten_attachments_are_allowed()
    {
        Assert.Equal(DecodeStatus.NeedsAttachment, Add("510-[\"foo\"]", out _));

        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(DecodeStatus.NeedsAttachment, _decoder.AddBinary([1], out _));
        }

        Assert.Equal(DecodeStatus.Complete, _decoder.AddBinary([1], out _));
    }

    [Fact]
    public void Text_while_attachments_are_due_is_invalid()
    {
        Add("51-[\"foo\",{\"_placeholder\":true,\"num\":0}]", out _);
        Assert.Equal(DecodeStatus.Invalid, Add("2[\"foo\"]", out _));
    }

    [Fact]
    public void Binary_data_that_nothing_announced_is_invalid()
    {
        Assert.Equal(DecodeStatus.Invalid, _decoder.AddBinary([1], out _));
        Add("51-[\"foo\"]", out _);
        _decoder.AddBinary([1], out _);
        Assert.Equal(DecodeStatus.Invalid, _decoder.AddBinary([1], out _));
    }

    [Fact]
    public void What_looks_like_a_placeholder_in_a_text_packet_is_data()
    {
        Assert.Equal(DecodeStatus.Complete, Add("""2["foo",{"_placeholder":true,"num":5}]""", out var packet));
        Assert.Equal("""{"_placeholder":true,"num":5}""", Encoding.UTF8.GetString(packet.Payload[1].Span));
        Assert.False(_codec.TryRead<byte[]>(packet.Payload[1].Span, packet.Payload.Attachments, out _));
    }

    [Fact]
    public void A_packet_waits_for_its_attachments_in_memory_of_its_own()
    {
        var message = Encoding.UTF8.GetBytes("""51-["foo","bar",{"_placeholder":true,"num":0}]""");
        _decoder.Add(message, out _);
        Array.Clear(message);
        _decoder.AddBinary([1], out var packet);

        Assert.Equal("\"bar\"", Encoding.UTF8.GetString(packet.Payload[1].Span));
    }

    private DecodeStatus Add(string text, out Packet packet) => _decoder.Add(Encoding.UTF8.GetBytes(text), out packet);
}
