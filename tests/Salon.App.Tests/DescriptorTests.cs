using System.Net.Sockets;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>When the process may open no more files.</summary>
public class DescriptorTests
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_server_without_descriptors_rests_and_serves_again_when_there_are_some()
    {
        using var app = AppProcess.Start();
        var uri = await app.ListeningAsync();
        using var http = new HttpClient { BaseAddress = uri, Timeout = Eventually.Patience };
        await http.GetStringAsync("/healthz/live");
        var besides = await MeasureAsync(app);
        var open = app.Descriptors;
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

            // What the app does besides depends on the machine, and is the same with descriptors.
            Assert.InRange((await MeasureAsync(app) - besides) / Measured, -1, 0.05);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }

        // Those who waited to be accepted have gone, too: until the last of them is closed, a newcomer may be refused.
        await Eventually.Async("its descriptors are free", () => app.Descriptors <= open + 3);

        foreach (var transport in new[] { "polling", "websocket" })
        {
            await using var client = await RawClient.OpenAsync(uri, transport, "/socket.io/");
            await client.SendAsync("40");
            Assert.StartsWith("4", await client.ReceiveAsync());
        }
    }

    /// <summary>The processor time that the app takes in a while.</summary>
    private static async Task<TimeSpan> MeasureAsync(ServerProcess app)
    {
        var before = app.ProcessorTime;
        using var rest = new PeriodicTimer(Measured);
        await rest.WaitForNextTickAsync();
        return app.ProcessorTime - before;
    }
}
