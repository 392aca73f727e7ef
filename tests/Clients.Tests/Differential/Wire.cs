using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Salon.Tests;

namespace Salon.Clients.Tests.Differential;

/// <summary>A TCP connection whose answers are read as HTTP responses or as WebSocket frames. What it sends is whatever bytes it is given.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly List<byte> _unread = [];
    private NetworkStream _stream = null!;
    private bool _hasEnded;

    public static async Task<Wire> ConnectAsync(Uri server)
    {
        var wire = new Wire();
        await wire._client.ConnectAsync(server.Host, server.Port).Soon();
        wire._client.NoDelay = true;
        // Kept, because the client gives it no more once the server has hung up.
        wire._stream = wire._client.GetStream();
        return wire;
    }

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).AsTask().Soon();
        }
        catch (IOException)
        {
            // The server has hung up: whoever receives sees it.
        }
    }

    /// <summary>Receives a response; a body that neither a length nor chunks bound goes up to the connection's end.</summary>
    /// <returns>The response, or <see langword="null"/> when the connection ended before it was whole.</returns>
    public async Task<Response?> ReceiveResponseAsync(bool isHead = false)
    {
        if (await ReadUntilAsync("\r\n\r\n"u8.ToArray()) is not { } head)
        {
            return null;
        }

        var lines = Encoding.Latin1.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(static line => line.Split(':', 2)).Select(static pair => (Name: pair[0].ToLowerInvariant(), Value: pair[1].Trim())).ToList();
        var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        var length = headers.Find(static header => header.Name == "content-length").Value;
        var isChunked = headers.Exists(static header => header is { Name: "transfer-encoding", Value: "chunked" });
        var body = (status, isHead, isChunked, length) switch
        {
            (101 or 204 or 304, _, _, _) or (_, true, _, _) => [],
            (_, _, true, _) => await ReadChunksAsync(),
            (_, _, _, { } digits) => await ReadAsync(int.Parse(digits, CultureInfo.InvariantCulture)),
            _ => await ReadToEndAsync(),
        };

        return body is null ? null : new Response(status, headers, body);
    }

    /// <summary>Receives a frame, or <see langword="null"/> at the end of the connection.</summary>
    public async Task<Frame?> ReceiveFrameAsync()
    {
        if (await ReadAsync(2) is not { } head)
        {
            return null;
        }

        long length = head[1] & 0x7f;

        if (length >= 126)
        {
            var extended = await ReadAsync(length == 126 ? 2 : 8);
            length = extended?.Aggregate(0L, static (sum, next) => (sum << 8) | next) ?? 0;
        }

        return await ReadAsync((int)length) is { } payload ? new Frame(head[0], payload) : null;
    }

    /// <summary>Waits until the server ends the connection; what still comes is thrown away.</summary>
    public async Task WaitForEndAsync()
    {
        while (!_hasEnded)
        {
            _unread.Clear();
            await FillAsync();
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]?> ReadAsync(int count)
    {
        while (_unread.Count < count)
        {
            if (!await FillAsync())
            {
                return null;
            }
        }

        return Take(count);
    }

    private async Task<byte[]?> ReadUntilAsync(byte[] end)
    {
        while (true)
        {
            var index = _unread.ToArray().AsSpan().IndexOf(end);

            if (index >= 0)
            {
                return Take(index + end.Length);
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    private async Task<byte[]?> ReadChunksAsync()
    {
        var body = new List<byte>();

        while (await ReadUntilAsync("\r\n"u8.ToArray()) is { } line)
        {
            var length = int.Parse(Encoding.ASCII.GetString(line).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

            if (await ReadAsync(length + 2) is not { } chunk)
            {
                return null;
            }

            if (length == 0)
            {
                return [.. body];
            }

            body.AddRange(chunk[..^2]);
        }

        return null;
    }

    private async Task<byte[]> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_unread.Count);
    }

    private byte[] Take(int count)
    {
        var bytes = _unread[..count].ToArray();
        _unread.RemoveRange(0, count);
        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[16 * 1024];

        try
        {
            var count = _hasEnded ? 0 : await _stream.ReadAsync(buffer).AsTask().Soon();
            _unread.AddRange(buffer.AsSpan(0, count));
            _hasEnded = count == 0;
        }
        catch (IOException)
        {
            _hasEnded = true;
        }

        return !_hasEnded;
    }

    /// <summary>What an HTTP request was answered with; names of headers are in lower case.</summary>
    public sealed record Response(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body);

    /// <summary>A frame of the server.</summary>
    public sealed record Frame(byte FirstByte, byte[] Payload);
}
