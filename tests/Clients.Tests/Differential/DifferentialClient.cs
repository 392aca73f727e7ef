using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Salon.Clients.Tests.Differential;

/// <summary>
/// One client of a case: does its steps and writes down what can be seen of the answers. Ids are replaced, since they are others every time;
/// of headers, those that say something to a client or a browser are kept (<c>Cache-Control</c> on answers that could be cached).
/// </summary>
internal sealed partial class DifferentialClient(Uri server, List<string> seen) : IDisposable
{
    private readonly List<Wire> _wires = [];
    private string _sid = "none";
    private string _ack = "0";
    private string _version = "4";
    private int _fences;
    private Wire? _webSocket;
    private Task<Wire.Response?>? _poll;

    /// <summary>Does one step.</summary>
    public async Task DoAsync(string step)
    {
        var (word, rest) = step.Split(' ', 2) is [var first, var second] ? (first, second) : (step, "");
        rest = rest.Replace("$sid", _sid, StringComparison.Ordinal).Replace("$ack", _ack, StringComparison.Ordinal);

        await (word switch
        {
            "open" => OpenAsync(rest),
            "post" => RequestAsync($"POST EIO={_version}&transport=polling&sid={_sid} | content-type: text/plain;charset=UTF-8 < {rest}"),
            "poll" => RequestAsync($"GET EIO={_version}&transport=polling&sid={_sid}"),
            "poll&" => BeginPollAsync(),
            "wait" => EndPollAsync(),
            "raw" => RawAsync(rest),
            "ws" => OpenWebSocketAsync(rest),
            ">" => SendFrameAsync("op=1", rest),
            ">>" => SendFrameAsync("op=2", rest),
            "frame" => rest.Split(' ', 2) is [var flags, var payload] ? SendFrameAsync(flags, payload) : SendFrameAsync(rest, ""),
            "bytes" => WebSocket.SendAsync(DifferentialCase.ToBytes(rest)),
            "read" => ReadAsync(),
            "ends" => ReadToEndAsync(),
            "alive" => AliveAsync(rest == "polling"),
            "hangup" => HangUpAsync(),
            _ => RequestAsync($"{word} {rest}"),
        });
    }

    public void Dispose() => _wires.ForEach(static wire => wire.Dispose());

    private Wire WebSocket => _webSocket ?? throw new InvalidOperationException("there is no WebSocket");

    private async Task<Wire> ConnectAsync()
    {
        var wire = await Wire.ConnectAsync(server);
        _wires.Add(wire);
        return wire;
    }

    private async Task OpenAsync(string query)
    {
        query = query.Length == 0 ? "EIO=4" : query;
        await RequestAsync($"GET {query}&transport=polling");
    }

    /// <summary>A request: method, query or path, headers behind bars, a body behind an angle.</summary>
    private async Task RequestAsync(string text)
    {
        var (head, body) = text.Split(" < ", 2) is [var before, var after] ? (before, DifferentialCase.ToBytes(after)) : (text, null);
        var response = await SendRequestAsync(head, body);
        See(response);
    }

    private async Task<Wire.Response?> SendRequestAsync(string head, byte[]? body)
    {
        var parts = head.Split(" | ");
        var (method, query) = parts[0].Split(' ', 2) is [var first, var second] ? (first, second) : (parts[0], "");
        var path = query.StartsWith('/') ? query : $"/socket.io/?{query}";
        var lines = new List<string> { $"{method} {path} HTTP/1.1", $"host: {server.Authority}", "connection: close" };
        lines.AddRange(parts.Skip(1));

        if (body is not null && !parts.Any(static part => part.StartsWith("transfer-encoding", StringComparison.Ordinal)))
        {
            lines.Add($"content-length: {body.Length}");
        }

        Remember(query);
        var wire = await ConnectAsync();
        await wire.SendAsync([.. DifferentialCase.ToBytes(string.Join("\r\n", lines) + "\r\n\r\n"), .. body ?? []]);
        return await wire.ReceiveResponseAsync(method == "HEAD");
    }

    private async Task RawAsync(string text)
    {
        var wire = await ConnectAsync();
        await wire.SendAsync(DifferentialCase.ToBytes(text.Replace("$host", server.Authority, StringComparison.Ordinal)));
        See(await wire.ReceiveResponseAsync());
    }

    private Task BeginPollAsync()
    {
        _poll = SendRequestAsync($"GET EIO={_version}&transport=polling&sid={_sid}", null);
        return Task.CompletedTask;
    }

    private async Task EndPollAsync() => See(await _poll!);

    private async Task OpenWebSocketAsync(string text)
    {
        var parts = text.Split(" | ");
        var query = parts[0].Length == 0 ? "EIO=4&transport=websocket" : parts[0];
        var path = query.StartsWith('/') ? query : $"/socket.io/?{query}";
        var given = parts.Skip(1).ToList();
        string[] usual = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="];
        // What the step says of a header holds, also that it is missing ("upgrade:").
        var headers = usual.Where(line => !given.Any(other => NameOf(other) == NameOf(line))).Concat(given.Where(static line => !line.EndsWith(':')));

        Remember(query);
        var wire = await ConnectAsync();
        await wire.SendAsync(DifferentialCase.ToBytes($"GET {path} HTTP/1.1\r\nhost: {server.Authority}\r\n{string.Join("\r\n", headers)}\r\n\r\n"));
        var response = await wire.ReceiveResponseAsync();
        See(response);

        if (response is { Status: 101 })
        {
            _webSocket = wire;
        }

        static string NameOf(string line) => line[..line.IndexOf(':')].ToLowerInvariant();
    }

    private Task SendFrameAsync(string flags, string payload)
    {
        var options = flags.Split(',');
        var data = DifferentialCase.ToBytes(payload);
        var first = 0x80;
        byte[] mask = [0x12, 0x34, 0x56, 0x78];

        foreach (var option in options)
        {
            first = option.Split('=') switch
            {
                ["op", var code] => first | int.Parse(code, CultureInfo.InvariantCulture),
                ["rsv", var bits] => first | (int.Parse(bits, CultureInfo.InvariantCulture) << 4),
                ["more"] => first & 0x7f,
                ["bare"] => first,
                _ => throw new FormatException($"{option} is none of a frame's."),
            };
        }

        var isBare = options.Contains("bare");
        byte[] length = data.Length < 126 ? [(byte)data.Length] : data.Length < 65536 ? [126, (byte)(data.Length >> 8), (byte)data.Length] : [127, 0, 0, 0, 0, (byte)(data.Length >> 24), (byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length];
        length[0] |= (byte)(isBare ? 0 : 0x80);
        return WebSocket.SendAsync([(byte)first, .. length, .. isBare ? [] : mask, .. isBare ? data : data.Select((value, index) => (byte)(value ^ mask[index % 4]))]);
    }

    private async Task ReadAsync() => See(await WebSocket.ReceiveFrameAsync());

    /// <summary>Reads until the server closes or hangs up.</summary>
    private async Task ReadToEndAsync()
    {
        while (await ReceiveFrameAsync())
        {
        }
    }

    private async Task<bool> ReceiveFrameAsync(string? fence = null)
    {
        var frame = await WebSocket.ReceiveFrameAsync();

        // A heartbeat on the way says nothing: it comes when it comes.
        if (frame is { FirstByte: 0x81, Payload: [(byte)'2'] } && _version == "4")
        {
            await SendFrameAsync("op=1", "3");
            return true;
        }

        if (frame is { FirstByte: 0x81 } && fence is not null && Encoding.UTF8.GetString(frame.Payload).StartsWith(fence, StringComparison.Ordinal))
        {
            seen.Add("lives");
            return false;
        }

        See(frame);

        if (frame is not { FirstByte: 0x88 })
        {
            return frame is not null;
        }

        // A client that does as the specification says answers the close; then it is for the server to end the connection.
        await WebSocket.SendAsync([0x88, 0x80, 0, 0, 0, 0]);
        await WebSocket.WaitForEndAsync();
        seen.Add("< end");
        return false;
    }

    /// <summary>
    /// Sees whether the session lives, and everything that comes before: joins a namespace and reads until it is told so, or the session ends.
    /// </summary>
    private async Task AliveAsync(bool isPolling)
    {
        var name = $"40/alive-{_fences++}";

        if (_webSocket is not null && !isPolling)
        {
            await SendFrameAsync("op=1", name + ",");

            while (await ReceiveFrameAsync(name))
            {
            }

            return;
        }

        var packet = _version == "4" ? name + "," : $"{name.Length + 1}:{name},";
        var posted = await SendRequestAsync($"POST EIO={_version}&transport=polling&sid={_sid} | content-type: text/plain;charset=UTF-8", Encoding.UTF8.GetBytes(packet));

        if (posted is not { Status: 200 })
        {
            See(posted);
            return;
        }

        while (await SendRequestAsync($"GET EIO={_version}&transport=polling&sid={_sid}", null) is { } polled)
        {
            if (polled.Status != 200)
            {
                See(polled);
                return;
            }

            foreach (var received in Packets.Split(polled.Body, _version == "4"))
            {
                if (received.StartsWith(name, StringComparison.Ordinal))
                {
                    seen.Add("lives");
                    return;
                }

                // A noop says nothing: it ends a poll for a probe, and how many come is a matter of time.
                if (received != "6")
                {
                    seen.Add("< " + Clean(received));
                }

                if (received == "1")
                {
                    return;
                }
            }
        }
    }

    private Task HangUpAsync()
    {
        WebSocket.Dispose();
        _webSocket = null;
        return Task.CompletedTask;
    }

    private void Remember(string query) => _version = Regex.Match(query, "EIO=([0-9]+)") is { Success: true } version ? version.Groups[1].Value : _version;
}
