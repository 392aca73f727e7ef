using System.Net.Sockets;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>When the process may open no more files.</summary>
public class DescriptorTests
{
    [Fact]
    public async Task A_server_without_descriptors_rests_and_serves_again_when_there_are_some()
    {
        using var app = AppProcess.Start();
        var uri = await app.ListeningAsync();
        using var http = new HttpClient { BaseAddress = uri, Timeout = Eventually.Patience };
        await http.GetStringAsync("/healthz/live");
        app.LimitDescriptors(more: 20);
        var clients = new List<TcpClient>();

        try
        {
            for (var i = 0; i < 200; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(uri.Host, uri.Port);
            }

            await Eventually.Async("it is said", () => app.Output.Any(static line => line.Contains("No connection can be accepted", StringComparison.Ordinal)));
            var before = app.ProcessorTime;
            using var rest = new PeriodicTimer(TimeSpan.FromSeconds(5));
            await rest.WaitForNextTickAsync();

            // A listener that tries again and again takes all five seconds; what the app does besides depends on the machine.
            Assert.InRange((app.ProcessorTime - before).TotalSeconds, 0, 2.5);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }

        await Eventually.Async("it serves again", async () =>
        {
            try
            {
                return (await http.GetAsync("/healthz/live")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });

        foreach (var transport in new[] { "polling", "websocket" })
        {
            await using var client = await RawClient.OpenAsync(uri, transport, "/socket.io/");
            await client.SendAsync("40");
            Assert.StartsWith("4", await client.ReceiveAsync());
        }
    }
}
