using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>What hostile clients cost, when they are gone. Runs alone, since it looks at the memory of the whole process.</summary>
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Fact]
    public async Task Memory_is_back_after_hostile_clients_are_gone()
    {
        const long MaxBytesOfAnAttack = 6_000_000;

        await using var server = await EchoServer.StartAsync();
        var sizes = new List<long>();

        // What is lost is lost each time, and each time the attackers send 36 MB that are kept for a while. Array pools grow, but not for ever.
        do
        {
            Assert.True(sizes.Count < 10, $"It grows on: {string.Join(", ", sizes)} bytes.");
            await AttackAsync(server);
            await AttackAsync(server);
            sizes.Add(await MeasureAsync(server));
        }
        while (sizes.Count < 2 || sizes[^1] - sizes[^2] > MaxBytesOfAnAttack);
    }

    [Fact]
    public async Task Many_sessions_with_large_headers_do_not_keep_them()
    {
        const int Sessions = 200;

        await using var server = await EchoServer.StartAsync();

        // What the first requests leave behind, such as the pools of the server and of this client, is not a session's.
        await OpenWithLargeHeadersAsync(server, 50);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await OpenWithLargeHeadersAsync(server, Sessions);

        // 28 KB of text took 56 KB a session, and 16 KB are what may be kept of it (8 KiB). What is measured is between the two.
        Assert.Equal(50 + Sessions, server.Engine.ClientsCount);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Sessions * 36 * 1024);
    }

    private static async Task OpenWithLargeHeadersAsync(EchoServer server, int count)
    {
        var filler = new string('x', 7000);

        for (var i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/engine.io/?EIO=4&transport=polling");

            for (var j = 0; j < 4; j++)
            {
                request.Headers.Add($"X-Filler-{j}", filler);
            }

            (await server.Http.SendAsync(request)).EnsureSuccessStatusCode().Dispose();
        }
    }

    private static async Task AttackAsync(EchoServer server)
    {
        for (var i = 0; i < 20; i++)
        {
            // Sessions that were opened and left, so that they must be waited for.
            using var connection = await RawConnection.UpgradeAsync(server.Uri);
            await connection.SendFrameAsync(0x01, new byte[900_000]);

            await using var polling = await RawPollingClient.OpenAsync(server.Uri);
            using var tooLarge = await polling.PostAsync(new ByteArrayContent(new byte[10_000_000]));
            using var fits = await polling.PostAsync("4" + new string('x', 900_000));
            using var malformed = await polling.PostAsync("abc");
        }
    }

    private static async Task<long> MeasureAsync(EchoServer server)
    {
        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
        server.Sessions.Clear();
        server.Received.Clear();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryTestsAlone;
