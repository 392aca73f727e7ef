using System.Net;
using System.Text.Json;

namespace Salon.Tests;

/// <inheritdoc/>
public sealed class RawPollingClient : RawClient
{
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Queue<string> _received = new();
    private bool _isClosed;

    private RawPollingClient(HttpClient http) => _http = http;

    /// <summary>The path and query that all requests of the session have.</summary>
    public string Url { get; private set; } = "";

    public static async Task<RawPollingClient> OpenAsync(Uri server, string path = "/engine.io/")
    {
        var http = new HttpClient { BaseAddress = server, Timeout = Eventually.Patience };
        var client = new RawPollingClient(http);
        var url = $"{path}{(path.Contains('?') ? '&' : '?')}EIO=4&transport=polling";
        var body = await http.GetStringAsync(url);

        client.Handshake = body[1..];
        client.SessionId = JsonDocument.Parse(client.Handshake).RootElement.GetProperty("sid").GetString()!;
        client.Url = $"{url}&sid={client.SessionId}";
        return client;
    }

    public Task<HttpResponseMessage> GetAsync(CancellationToken cancellation = default) => _http.GetAsync(Url, cancellation);

    public Task<HttpResponseMessage> PostAsync(string body) => PostAsync(new StringContent(body));

    public Task<HttpResponseMessage> PostAsync(HttpContent body) => _http.PostAsync(Url, body);

    public override async Task SendAsync(params string[] packets)
    {
        // One POST at a time, as the protocol wants it.
        await _sending.WaitAsync();

        try
        {
            // A packet that ends the session may be refused: that is for the receiving side to see.
            using var response = await PostAsync(string.Join('\x1e', packets));
        }
        finally
        {
            _sending.Release();
        }
    }

    public override async Task SendBinaryAsync(byte[] data) => await SendAsync("b" + Convert.ToBase64String(data));

    public override async Task<string?> ReceiveAnyAsync()
    {
        while (_received.Count == 0)
        {
            if (_isClosed)
            {
                return null;
            }

            try
            {
                using var response = await GetAsync();

                if (response.StatusCode != HttpStatusCode.OK)
                {
                    _isClosed = true;
                    return null;
                }

                await EnqueueAsync(response);
            }
            catch (HttpRequestException)
            {
                // The server is gone.
                _isClosed = true;
                return null;
            }
        }

        return _received.Dequeue();
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        _sending.Dispose();
        return default;
    }

    private async Task EnqueueAsync(HttpResponseMessage response)
    {
        foreach (var packet in (await response.Content.ReadAsStringAsync()).Split('\x1e'))
        {
            if (packet == "1")
            {
                _isClosed = true;
                return;
            }

            if (packet == "2")
            {
                await SendAsync("3");
            }

            _received.Enqueue(packet);
        }
    }
}
