using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Hosting.Budgets;
using Salon.App.Lab;
using Salon.App.NativeChat;
using Salon.Http;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>No address takes all places of the native chat, of the lab or of the stocks.</summary>
public class DoorTests
{
    [Fact]
    public async Task One_address_does_not_take_all_places_of_the_native_chat()
    {
        await using var server = await AppServer.StartAsync();
        var connections = server.Services.GetRequiredService<NativeConnections>();
        var loopback = ClientAddress.Of(IPAddress.Loopback);

        for (var i = 0; i < NativeChatLimits.ConnectionsPerAddress; i++)
        {
            Assert.Equal(DoorVerdict.Open, connections.TryTakePlace(loopback, out _));
        }

        using var raw = await RawConnection.ConnectAsync(server.Uri);
        var head = await raw.RequestAsync("GET /ws/chat HTTP/1.1", RawConnection.UpgradeHeaders);

        Assert.StartsWith("HTTP/1.1 429 ", head);
        Assert.Contains("Retry-After: ", head);
        Assert.Equal(DoorVerdict.Open, connections.TryTakePlace(ClientAddress.Of(IPAddress.Parse("10.0.0.1")), out _));
    }

    [Fact]
    public async Task One_address_does_not_take_all_runs_of_the_lab_and_gets_one_back_for_each_that_ends()
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        var runs = server.Services.GetRequiredService<LabRuns>();
        var ids = new List<string>();

        for (var i = 0; i < LabLimits.RunsPerAddress; i++)
        {
            using var begun = await server.Http.PostAsJsonAsync("/lab/runs", new { });
            Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
            ids.Add((await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
        }

        using var refused = await server.Http.PostAsJsonAsync("/lab/runs", new { });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        var other = runs.Begin(new LabSettings(), ClientAddress.Of(IPAddress.Parse("10.0.0.1")));
        Assert.Equal(LabLimits.RunsPerAddress + 1, runs.Count);

        runs.End(other);
        runs.End(other);
        using var ended = await server.Http.DeleteAsync($"/lab/runs/{ids[0]}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(LabLimits.RunsPerAddress - 1, runs.Count);
    }

    [Fact]
    public async Task One_address_has_so_many_streams_of_the_stocks_and_no_more()
    {
        await using var server = await AppServer.StartAsync(settings: ["--STREAMS_PER_ADDRESS", "2"]);
        var streams = new List<HttpResponseMessage>();

        for (var i = 0; i < 2; i++)
        {
            streams.Add(await server.Http.GetAsync("/stocks/stream", HttpCompletionOption.ResponseHeadersRead));
            Assert.Equal(HttpStatusCode.OK, streams[i].StatusCode);
        }

        foreach (var path in new[] { "/stocks/stream", "/stocks/poll" })
        {
            using var refused = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("rate_limited", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        streams.ForEach(static stream => stream.Dispose());
        await Eventually.Async("there is a place again", async () =>
        {
            using var poll = await server.Http.GetAsync("/stocks/poll?wait=0");
            return poll.StatusCode != HttpStatusCode.TooManyRequests;
        });
    }
}
