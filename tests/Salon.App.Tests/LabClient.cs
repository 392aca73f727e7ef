using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A run of the lab, and raw readers of its messages.</summary>
internal sealed class LabClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpMessageInvoker _readerHandler;
    private readonly HttpClient _reader;
    private readonly Uri _server;

    private LabClient(Uri server, HttpClient http, string id)
    {
        // What asks how the run is has connections of its own.
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        (_server, _http, Id) = (server, http, id);
        _readerHandler = new HttpMessageInvoker(handler);
        _reader = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(40) };
    }

    /// <summary>The ports that the readers' connections came from.</summary>
    public ConcurrentBag<int> Ports { get; } = [];

    public string Id { get; }

    public string Path => $"/lab/runs/{Id}";

    public static Task<LabClient> BeginAsync(AppServer server, object? settings = null) => BeginAsync(server.Uri, settings);

    public static async Task<LabClient> BeginAsync(Uri server, object? settings = null)
    {
        var http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(40) };
        using var response = await http.PostAsJsonAsync("/lab/runs", settings ?? new { }).Soon();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return new LabClient(server, http, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
    }

    /// <summary>Asks how the run is; waits as long as it is told to when that is asked too often.</summary>
    public async Task<JsonElement> ReportAsync()
    {
        while (true)
        {
            using var response = await _http.GetAsync(Path).Soon();

            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadFromJsonAsync<JsonElement>();
            }

            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value);
        }
    }

    public async Task<JsonElement> PostAsync(string what, object? body = null)
    {
        using var response = await _http.PostAsJsonAsync($"{Path}/{what}", body ?? new { }).Soon();
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task ChangeAsync(object settings)
    {
        using var response = await _http.PatchAsJsonAsync(Path, settings).Soon();
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Asks once.</summary>
    /// <returns>The numbers that came, where to go on, and why not from where it was; <see langword="null"/> when nothing came.</returns>
    public async Task<Polled?> PollAsync(string since = "", int wait = 0)
    {
        using var response = await _reader.GetAsync($"{Path}/poll?since={since}&wait={wait}");

        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();

        return new Polled(
            body.GetProperty("cursor").GetString()!,
            body.GetProperty("reset").GetString(),
            [.. body.GetProperty("events").EnumerateArray().Select(static message => message.GetProperty("data").GetProperty("seq").GetInt64())]);
    }

    /// <summary>Opens a stream of server-sent events, and returns when its headers have come.</summary>
    public async Task<LabStream> OpenStreamAsync(string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}/stream");

        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await _reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Soon();
        response.EnsureSuccessStatusCode();
        return new LabStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads so many messages of a stream of its own.</summary>
    public async Task<LabStream> StreamAsync(int count, string? lastEventId = null)
    {
        using var stream = await OpenStreamAsync(lastEventId);
        await stream.ReadAsync(count);
        return stream;
    }

    public async Task<ClientWebSocket> OpenWebSocketAsync(string path = "ws")
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{_server.Authority}{Path}/{path}"), _readerHandler, default).Soon();
        return socket;
    }

    /// <summary>Receives a message; <see langword="null"/> when the connection has ended.</summary>
    public static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[32 * 1024];
        var length = 0;

        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), default).AsTask().Soon();
                length += received.Count;

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (received.EndOfMessage)
                {
                    return JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement;
                }
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _reader.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        Ports.Add(((IPEndPoint)socket.LocalEndPoint!).Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public sealed record Polled(string Cursor, string? Reset, IReadOnlyList<long> Numbers);
}
