using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>What hostile clients cost, when they are gone. Runs alone, since it looks at the memory of the whole process.</summary>
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Fact]
    public async Task Memory_is_back_after_hostile_clients_are_gone()
    {
        await using var server = await EchoServer.StartAsync();
        await AttackAsync(server);
        var before = await MeasureAsync(server);

        for (var round = 0; round < 5; round++)
        {
            await AttackAsync(server);
        }

        var after = await MeasureAsync(server);

        // Array pools keep some; the attackers sent 270 MB.
        Assert.True(after - before < 30_000_000, $"{before} bytes before, {after} after");
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
