using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Salon.Tests;

/// <summary>A TCP connection that speaks HTTP and WebSocket byte by byte, so that it can speak them wrongly.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly Uri _server;

    private RawConnection(Uri server) => _server = server;

    private NetworkStream Stream => _client.GetStream();

    /// <summary>Connects.</summary>
    public static async Task<RawConnection> ConnectAsync(Uri server)
    {
        var connection = new RawConnection(server);
        await connection._client.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Connects and opens a WebSocket; the session's handshake is left to be received.</summary>
    public static async Task<RawConnection> UpgradeAsync(Uri server, string path = "/engine.io/", string headers = "")
    {
        var connection = await ConnectAsync(server);
        var head = await connection.RequestAsync($"GET {path}?EIO=4&transport=websocket HTTP/1.1", UpgradeHeaders + headers);

        if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(head);
        }

        return connection;
    }

    /// <summary>The headers of a correct WebSocket handshake.</summary>
    public static string UpgradeHeaders =>
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    /// <summary>Sends a request, and receives the head of the response.</summary>
    public async Task<string> RequestAsync(string line, string headers = "", string body = "")
    {
        await SendAsync(Encoding.UTF8.GetBytes($"{line}\r\nHost: {_server.Authority}\r\n{headers}\r\n{body}"));
        return await ReceiveHeadAsync();
    }

    /// <summary>Receives the head of a response.</summary>
    public async Task<string> ReceiveHeadAsync()
    {
        var head = new StringBuilder();

        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = await ReadByteAsync();

            if (next < 0)
            {
                break;
            }

            head.Append((char)next);
        }

        return head.ToString();
    }

    /// <summary>Sends bytes as they are. A server that has hung up is for the receiving side to see.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // As above.
        }
    }

    /// <summary>Sends a masked frame.</summary>
    public Task SendFrameAsync(byte firstByte, string payload) => SendFrameAsync(firstByte, Encoding.UTF8.GetBytes(payload));

    /// <inheritdoc cref="SendFrameAsync(byte, string)"/>
    public Task SendFrameAsync(byte firstByte, byte[] payload) => SendAsync(Frame(firstByte, payload));

    /// <summary>Makes a masked frame.</summary>
    public static byte[] Frame(byte firstByte, byte[] payload)
    {
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        var masked = payload.Select((value, index) => (byte)(value ^ mask[index % 4]));

        return [firstByte, .. LengthOf(payload.Length), .. mask, .. masked];
    }

    /// <summary>Receives messages until the server closes.</summary>
    /// <returns>The status of its close frame, 1005 when it has none; <see langword="null"/> when the connection just ended.</returns>
    public async Task<int?> ReceiveCloseAsync()
    {
        while (await ReceiveFrameAsync() is { } frame)
        {
            if (frame.FirstByte == 0x88)
            {
                return frame.Payload.Length == 0 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);
            }
        }

        return null;
    }

    /// <summary>Receives the next frame, or <see langword="null"/> at the end of the connection.</summary>
    public async Task<(byte FirstByte, byte[] Payload)?> ReceiveFrameAsync()
    {
        var head = new byte[2];

        if (!await TryReadAsync(head))
        {
            return null;
        }

        long length = head[1];

        if (length >= 126)
        {
            var extended = new byte[length == 126 ? 2 : 8];
            await TryReadAsync(extended);
            length = extended.Aggregate(0L, static (sum, next) => (sum << 8) | next);
        }

        var payload = new byte[length];
        return await TryReadAsync(payload) ? (head[0], payload) : null;
    }

    /// <summary>Hangs up without a word.</summary>
    public void Dispose() => _client.Dispose();

    private static byte[] LengthOf(int length) => length switch
    {
        < 126 => [(byte)(0x80 | length)],
        <= ushort.MaxValue => [0x80 | 126, (byte)(length >> 8), (byte)length],
        _ => [0x80 | 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };

    private async Task<int> ReadByteAsync()
    {
        var buffer = new byte[1];
        return await TryReadAsync(buffer) ? buffer[0] : -1;
    }

    private async Task<bool> TryReadAsync(byte[] buffer)
    {
        try
        {
            var read = await Stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).AsTask().Soon();
            return read == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
