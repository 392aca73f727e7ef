using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A Socket.IO client of the lab, typed by hand.</summary>
internal sealed class LabSocket : IAsyncDisposable
{
    private const string Prefix = "42/lab,";

    private readonly RawClient _client;

    private LabSocket(RawClient client) => _client = client;

    public static async Task<LabSocket> OpenAsync(AppServer server, string transport, string run, string letter)
    {
        var client = await RawClient.OpenAsync(server.Uri, transport, $"/socket.io/?lab={run}.{letter}");
        await client.SendAsync($$"""40/lab,{"run":"{{run}}"}""");

        Assert.StartsWith("40/lab,", await client.ReceiveAsync(), StringComparison.Ordinal);
        return new LabSocket(client);
    }

    public async Task<JsonElement> ReceiveAsync()
    {
        var packet = await _client.ReceiveAsync();
        Assert.StartsWith(Prefix, packet, StringComparison.Ordinal);
        var message = JsonDocument.Parse(packet![Prefix.Length..]).RootElement;

        Assert.Equal("message", message[0].GetString());
        return message[1];
    }

    public Task EndAsync() => _client.WaitUntilClosedAsync();

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
