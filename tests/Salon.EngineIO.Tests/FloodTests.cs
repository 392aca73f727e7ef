using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Clients that send as fast as they can. Runs alone, since it takes all processors.</summary>
[Collection(nameof(MemoryTests))]
public class FloodTests
{
    // More than is ever handled in one go, and not so many that a slow machine would be busy with them long after the flood.
    private const int MostOnTheirWay = 50_000;

    [Fact]
    public async Task A_client_that_never_stops_sending_does_not_have_the_thread_for_itself()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = 64_000_000);
        using var stop = new CancellationTokenSource();
        var floods = new List<Task>();

        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            floods.Add(FloodAsync(server, stop.Token));
        }

        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            await using var client = await RawClient.OpenAsync(server.Uri, "websocket");
            await client.SendAsync("4hello");
            Assert.Equal("4hello", await client.ReceiveAsync());
        }

        await stop.CancelAsync();
        await Task.WhenAll(floods).Soon();
    }

    private static async Task FloodAsync(EchoServer server, CancellationToken stop)
    {
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket");
        using var room = new SemaphoreSlim(MostOnTheirWay);
        var sent = 0;

        var sending = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await room.WaitAsync(CancellationToken.None);
                    await client.SendAsync("4flood");
                    sent++;
                }

                await client.SendAsync("4last");
            },
            CancellationToken.None);

        while (await client.ReceiveAsync() != "4last")
        {
            room.Release();
        }

        await sending;
        Assert.True(sent > 0);
    }
}
