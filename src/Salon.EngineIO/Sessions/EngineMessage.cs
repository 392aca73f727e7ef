using System.Buffers;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.WebSockets;

namespace Salon.EngineIO;

/// <summary>
/// Something to send, encoded once for any number of sessions: one block of memory holds the WebSocket frame, and its end is the packet
/// as polling needs it. Immutable and safe to use from any thread.
/// </summary>
/// <example><code>
/// var news = EngineMessage.CreateText("hello"u8);
/// foreach (var session in sessions) { session.TrySend(news); }
/// </code></example>
public sealed class EngineMessage
{
    internal static readonly EngineMessage Close = CreatePacket(EnginePacketType.Close, []);
    internal static readonly EngineMessage Ping = CreatePacket(EnginePacketType.Ping, []);
    internal static readonly EngineMessage ProbePong = CreatePacket(EnginePacketType.Pong, "probe"u8);
    internal static readonly EngineMessage Noop = CreatePacket(EnginePacketType.Noop, []);

    // Measured on 64 bits: this object 64 bytes, its array's head 24, its place in a queue that doubles 24, and rounding.
    private const int Overhead = 120;

    private readonly byte[] _frame;
    private readonly int _headerLength;
    private readonly EngineMessage[] _attachments;
    private byte[]? _deflatedFrame;
    private EngineMessage? _version3;

    private EngineMessage(Opcode opcode, int bodyLength, bool compress, IReadOnlyCollection<EngineMessage>? attachments = null)
    {
        _headerLength = FrameHeader.ServerLength(bodyLength);
        _frame = new byte[_headerLength + bodyLength];
        FrameHeader.WriteServer(_frame, opcode, bodyLength);
        IsBinary = opcode == Opcode.Binary;
        Compress = compress;
        _attachments = attachments is null or { Count: 0 } ? [] : [.. attachments];
        Size = _frame.Length;

        foreach (var attachment in _attachments)
        {
            Size += attachment.Size;
        }
    }

    /// <summary>Whether the message is binary.</summary>
    public bool IsBinary { get; }

    /// <summary>Whether a transport may compress the message, if it compresses at all. The default is <see langword="true"/>.</summary>
    public bool Compress { get; }

    /// <summary>How many bytes the message has on a WebSocket, with its attachments.</summary>
    public int Size { get; }

    /// <summary>The binary messages that follow this one without anything between.</summary>
    public IReadOnlyList<EngineMessage> Attachments => _attachments;

    /// <summary>The message itself: UTF-8 text, or binary data.</summary>
    public ReadOnlyMemory<byte> Data => _frame.AsMemory(_headerLength + (IsBinary ? 0 : 1));

    /// <summary>How much of a session's queue the message takes, with its attachments: what it costs in memory, however short it is.</summary>
    internal long Cost => Size + (Overhead * (1L + _attachments.Length));

    /// <summary>The cost of the message alone.</summary>
    internal int PartCost => _frame.Length + Overhead;

    /// <summary>The message as one unmasked WebSocket frame.</summary>
    internal ReadOnlyMemory<byte> Frame => _frame;

    /// <summary>The packet: type digit and text, or raw binary data.</summary>
    internal ReadOnlyMemory<byte> Body => _frame.AsMemory(_headerLength);

    /// <summary>Encodes a text message.</summary>
    /// <param name="utf8">The text in UTF-8.</param>
    public static EngineMessage CreateText(ReadOnlySpan<byte> utf8) => CreatePacket(EnginePacketType.Message, utf8);

    /// <summary>Encodes a binary message; the data is copied.</summary>
    public static EngineMessage CreateBinary(ReadOnlySpan<byte> data, bool compress = true)
    {
        var message = new EngineMessage(Opcode.Binary, data.Length, compress);
        data.CopyTo(message.MutableBody);
        return message;
    }

    /// <summary>Encodes a text message by letting the caller write it in place.</summary>
    /// <param name="length">The exact length of the text in bytes of UTF-8.</param>
    /// <param name="state">Handed to <paramref name="write"/>.</param>
    /// <param name="write">Fills the span that it is given to the end.</param>
    /// <param name="compress">Whether a transport may compress the message.</param>
    /// <param name="attachments">Binary messages that must follow this one without anything between.</param>
    public static EngineMessage CreateText<TState>(
        int length,
        TState state,
        SpanAction<byte, TState> write,
        bool compress = true,
        IReadOnlyCollection<EngineMessage>? attachments = null)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(write);

        var message = new EngineMessage(Opcode.Text, 1 + length, compress, attachments);
        message.MutableBody[0] = (byte)'4';
        write(message.MutableBody[1..], state);
        return message;
    }

    internal static EngineMessage CreatePacket(EnginePacketType type, ReadOnlySpan<byte> data)
    {
        var message = new EngineMessage(Opcode.Text, 1 + data.Length, compress: true);
        message.MutableBody[0] = (byte)('0' + (byte)type);
        data.CopyTo(message.MutableBody[1..]);
        return message;
    }

    /// <summary>A text packet that is encoded already, type digit included.</summary>
    internal static EngineMessage FromPacket(ReadOnlySpan<byte> packet)
    {
        var message = new EngineMessage(Opcode.Text, packet.Length, compress: true);
        packet.CopyTo(message.MutableBody);
        return message;
    }

    /// <summary>A WebSocket control frame; it can be sent only to a session that is on a WebSocket.</summary>
    internal static EngineMessage CreateControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var message = new EngineMessage(opcode, payload.Length, compress: false);
        payload.CopyTo(message.MutableBody);
        return message;
    }

    /// <summary>The message as a compressed WebSocket frame, made by the first connection that needs it and shared from then on.</summary>
    internal ReadOnlyMemory<byte> GetDeflatedFrame()
    {
        // Two connections may compress at the same time; both results are the same bytes, and one of them stays.
        return _deflatedFrame ??= Deflate.CreateFrame(IsBinary ? Opcode.Binary : Opcode.Text, Body.Span);
    }

    /// <summary>The message as a client has it: the same, unless it is binary or has binary attachments.</summary>
    /// <param name="version">The version of Engine.IO.</param>
    /// <param name="asText">Whether the client can read nothing but text.</param>
    internal EngineMessage For(byte version, bool asText)
    {
        if ((version == 4 && !asText) || (!IsBinary && _attachments.Length == 0))
        {
            return this;
        }

        // Nearly all old clients take binary data, and they share one copy.
        return asText ? Convert(version, asText) : _version3 ??= Convert(version, asText);
    }

    private EngineMessage Convert(byte version, bool asText)
    {
        var body = !IsBinary ? Body.Span
            : !asText ? OldPacket.EncodeBinary(Body.Span)
            : version == 4 ? EnginePacket.EncodeBase64(Body.Span)
            : OldPacket.EncodeBase64(Body.Span);
        var opcode = IsBinary && !asText ? Opcode.Binary : Opcode.Text;
        var message = new EngineMessage(opcode, body.Length, Compress, Array.ConvertAll(_attachments, attachment => attachment.For(version, asText)));
        body.CopyTo(message.MutableBody);
        return message;
    }

    private Span<byte> MutableBody => _frame.AsSpan(_headerLength);
}
