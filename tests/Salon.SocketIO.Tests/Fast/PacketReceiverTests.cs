using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Packets of one client, and the wait for their attachments: how many, how large, for how long, and for whom. Our clock, no network.</summary>
[Trait("Stage", "fast")]
public sealed class PacketReceiverTests : IAsyncLifetime
{
    private const string OneAttachment = "51-[\"event\",{\"_placeholder\":true,\"num\":0}]";
    private const string TwoAttachments = "52-[\"event\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";

    private readonly Parts _parts = new(static options =>
    {
        options.AttachmentTimeout = TimeSpan.FromSeconds(10);
        options.MaxAttachments = 3;
        options.MaxAttachmentBytes = options.MaxHttpBufferSize = 1000;
        options.ConnectTimeout = options.FirstPacketTimeout = options.FirstRequestTimeout = TimeSpan.FromHours(1);
        options.PingInterval = options.PingTimeout = TimeSpan.FromHours(1);
    });

    private readonly SocketTable _sockets = new();
    private EngineSession _session = null!;
    private PacketReceiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _parts.IO.Engine.Connection += session => _session = session;
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString("?EIO=4&transport=polling");
        await _parts.IO.Engine.HandleAsync(context);
        _receiver = new PacketReceiver(_parts.IO, _session, _sockets);
        Assert.True(_sockets.TryAdd(_parts.Connect("socket")));
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    [Fact]
    public void A_packet_without_attachments_is_complete_at_once_also_for_a_namespace_that_nobody_has_joined()
    {
        Assert.Equal("event", Take("2[\"event\"]"));
        Assert.Equal("other", Take("2/unknown,[\"other\"]"));
        Assert.True(_session.IsOpen);
        Assert.Equal(0, _receiver.PendingBytes);
    }

    [Fact]
    public void A_packet_is_complete_with_its_last_attachment_and_the_next_begins_anew()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(Take(TwoAttachments));
            Assert.Null(TakeBinary(10));
            Assert.True(_receiver.PendingBytes >= 10);
            Assert.Equal("event", TakeBinary(20));
            Assert.Equal(0, _receiver.PendingBytes);
        }

        Assert.True(_session.IsOpen);
        _parts.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_session.IsOpen);
    }

    [Fact]
    public void Attachments_that_do_not_come_in_time_end_the_session_and_one_that_came_gives_no_more_time()
    {
        Take(TwoAttachments);
        _parts.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(TakeBinary(1));
        _parts.Time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.True(_session.IsOpen);
        _parts.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.False(_session.IsOpen);
        Assert.Equal(CloseReason.ForcedClose, _session.CloseReason);
    }

    [Fact]
    public void The_time_of_one_packet_is_not_that_of_the_next()
    {
        Take(OneAttachment);
        _parts.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("event", TakeBinary(1));
        Take(OneAttachment);
        _parts.Time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(_session.IsOpen);
        _parts.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.False(_session.IsOpen);
    }

    [Fact]
    public void The_time_of_a_packet_counts_from_its_beginning_however_many_came_before_it()
    {
        for (var i = 0; i < 20; i++)
        {
            Take(OneAttachment);
            Assert.Equal("event", TakeBinary(1));
            _parts.Time.Advance(TimeSpan.FromSeconds(3.3));
        }

        // The wait of the first is over, and nothing is waited for.
        _parts.Time.Advance(TimeSpan.FromSeconds(20));
        Take(OneAttachment);
        Assert.Equal("event", TakeBinary(1));
        _parts.Time.Advance(TimeSpan.FromSeconds(4));
        Take(OneAttachment);
        _parts.Time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(_session.IsOpen);
        _parts.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.False(_session.IsOpen);
    }

    [Fact]
    public void Who_waits_no_more_is_not_reminded_and_may_say_so_twice()
    {
        Take(OneAttachment);
        _receiver.Stop();
        _receiver.Stop();

        _parts.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(_session.IsOpen);
        Assert.Equal("event", TakeBinary(1));
    }

    [Theory]
    [InlineData("51-/unknown,[\"event\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("54-[\"event\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("9")]
    [InlineData("")]
    [InlineData("2[")]
    [InlineData("2{}")]
    [InlineData("51-[\"event\"")]
    public void What_breaks_a_rule_ends_the_session_and_nothing_is_kept_of_it(string text)
    {
        Assert.Null(Take(text));

        Assert.False(_session.IsOpen);
        Assert.Equal(CloseReason.ForcedClose, _session.CloseReason);
        _receiver.Stop();
        _parts.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void An_attachment_that_nobody_announced_ends_the_session()
    {
        Assert.Null(TakeBinary(1));

        Assert.False(_session.IsOpen);
    }

    [Fact]
    public void A_packet_in_the_middle_of_another_ends_the_session()
    {
        Take(OneAttachment);
        Assert.Null(Take("2[\"event\"]"));

        Assert.False(_session.IsOpen);
    }

    [Theory]
    [InlineData(500, 500, true)]
    [InlineData(501, 500, false)]
    [InlineData(0, 0, true)]
    public void Attachments_of_one_packet_have_so_many_bytes_and_no_more(int first, int second, bool isTaken)
    {
        Take(TwoAttachments);
        Assert.Null(TakeBinary(first));

        Assert.Equal(isTaken ? "event" : null, TakeBinary(second));
        Assert.Equal(isTaken, _session.IsOpen);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void The_name_of_a_namespace_has_so_many_bytes_and_no_more(int length, bool isTaken)
    {
        Assert.Equal(isTaken ? "event" : null, Take($"2/{new string('n', length - 1)},[\"event\"]"));
        Assert.Equal(isTaken, _session.IsOpen);
    }

    [Fact]
    public async Task A_parser_of_somebody_else_that_throws_ends_this_session_and_is_told_of()
    {
        await using var parts = new Parts(add: static services => services.AddSingleton<IPacketParser>(new BadParser()));
        EngineSession? session = null;
        parts.IO.Engine.Connection += opened => session = opened;
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString("?EIO=4&transport=polling");
        await parts.IO.Engine.HandleAsync(context);
        var receiver = new PacketReceiver(parts.IO, session!, _sockets);

        Assert.False(receiver.TryReceive("2[\"event\"]"u8.ToArray(), isBinary: false, out _));

        Assert.False(session!.IsOpen);
        Assert.Equal(0, receiver.PendingBytes);
    }

    private string? Take(string text) => Name(_receiver.TryReceive(Encoding.UTF8.GetBytes(text), isBinary: false, out var packet), packet);

    private string? TakeBinary(int length) => Name(_receiver.TryReceive(new byte[length], isBinary: true, out var packet), packet);

    private static string? Name(bool isComplete, Packet packet) => isComplete ? Encoding.UTF8.GetString(packet.Payload.EventName.Span) : null;

    private sealed class BadParser : IPacketParser, IPacketDecoder
    {
        public IPacketDecoder CreateDecoder(PacketLimits limits) => this;

        public DecodeStatus Add(ReadOnlyMemory<byte> text, out Packet packet) => throw new InvalidOperationException("A mistake of the parser.");

        public DecodeStatus AddBinary(ReadOnlySpan<byte> data, out Packet packet) => throw new InvalidOperationException("A mistake of the parser.");

        public void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output) =>
            throw new InvalidOperationException("A mistake of the parser.");
    }
}
