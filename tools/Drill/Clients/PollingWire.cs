using System.Text.Json;

namespace Salon.Drills.Clients;

/// <summary>A session by long-polling.</summary>
internal sealed class PollingWire : Wire
{
    private const char Separator = '\x1e';

    private readonly HttpClient _http;
    private string _session = "";

    public PollingWire(Uri server) =>
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<bool> OpenAsync(Uri server)
    {
        var handshake = await _http.GetStringAsync("/socket.io/?EIO=4&transport=polling", End);
        using var json = JsonDocument.Parse(handshake.AsMemory(1));
        _session = $"/socket.io/?EIO=4&transport=polling&sid={json.RootElement.GetProperty("sid").GetString()}";
        return true;
    }

    protected override async Task SendCoreAsync(IReadOnlyList<string> packets)
    {
        using var body = new StringContent(string.Join(Separator, packets));
        using var response = await _http.PostAsync(_session, body, End);
        response.EnsureSuccessStatusCode();
    }

    protected override async Task<string[]> ReceiveCoreAsync() => (await _http.GetStringAsync(_session, End)).Split(Separator);

    protected override void Close() => _http.Dispose();
}
