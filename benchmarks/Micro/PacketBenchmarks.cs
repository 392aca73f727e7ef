using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Salon.EngineIO;
using Salon.SocketIO.MessagePack;
using Salon.SocketIO.Protocol;

namespace Salon.Benchmarks.Micro;

/// <summary>An event with one text and an ack, read and written: <c>21["echo","xxx…"]</c>.</summary>
[MemoryDiagnoser]
public class PacketBenchmarks
{
    private readonly JsonCodec _codec = new();
    private readonly PacketDecoder _decoder = new();
    private readonly IPacketDecoder _messagePackDecoder = MessagePackParser.Instance.CreateDecoder(new PacketLimits());
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly PacketHeader _header = new(PacketType.Event, "/", Id: 1);
    private string _text = "";
    private byte[] _json = [];
    private byte[] _packet = [];
    private byte[] _messagePack = [];

    /// <summary>The length of the text.</summary>
    [Params(64, 1024)]
    public int Length { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _text = new string('x', Length);
        _json = Encoding.UTF8.GetBytes($"[\"echo\",\"{_text}\"]");
        _packet = [.. "21"u8, .. _json];
        MessagePackParser.Instance.Encode(_header, _json, [], _output);
        _messagePack = _output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public DecodeStatus Decode() => _decoder.Add(_packet, out _);

    [Benchmark]
    public DecodeStatus DecodeMessagePack() => _messagePackDecoder.AddBinary(_messagePack, out _);

    [Benchmark]
    public EngineMessage Encode()
    {
        using var payload = PayloadBuilder.StartEvent(_codec, "echo");
        payload.Add(_text);
        payload.Complete();

        Span<byte> header = stackalloc byte[_header.MaxLength];
        _output.ResetWrittenCount();
        _output.Write(header[.._header.Write(header)]);
        _output.Write(payload.Json);
        return EngineMessage.CreateText(_output.WrittenSpan);
    }

    [Benchmark]
    public EngineMessage EncodeMessagePack()
    {
        _output.ResetWrittenCount();
        MessagePackParser.Instance.Encode(_header, _json, [], _output);
        return EngineMessage.CreateBinary(_output.WrittenSpan);
    }
}
