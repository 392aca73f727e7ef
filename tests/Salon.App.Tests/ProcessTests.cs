using System.Net;
using System.Net.Sockets;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>How the program starts, and how it ends.</summary>
public class ProcessTests(DatabaseFixture databases)
{
    [Fact]
    public async Task A_wrong_setting_ends_the_start_with_one_line()
    {
        using var app = AppProcess.Start(("PORT", "http"));

        Assert.Equal(1, await app.ExitAsync());
        Assert.Equal(["Salon cannot start. PORT must be a number from 0 to 65535, but is \"http\"."], app.Errors);
        Assert.Empty(app.Output);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start_with_one_line()
    {
        using var data = new TemporaryDirectory();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        using var app = AppProcess.Start(("PORT", $"{port}"), ("DATA_DIR", data.Path));

        Assert.Equal(1, await app.ExitAsync());
        Assert.Equal(["Salon cannot start. PORT is in use by another program: stop it, or set PORT to a free one."], app.Errors);
        Assert.Empty(app.Output);
    }

    [Theory]
    [InlineData("192.0.2.1", "HOST names an address that this machine does not have.")]
    [InlineData("no-such-name.invalid", "HOST names \"no-such-name.invalid\", which has no address.")]
    public async Task An_address_that_cannot_be_listened_on_ends_the_start_with_one_line(string host, string line)
    {
        using var data = new TemporaryDirectory();

        using var app = AppProcess.Start(("HOST", host), ("DATA_DIR", data.Path));

        Assert.Equal(1, await app.ExitAsync());
        Assert.Equal([$"Salon cannot start. {line}"], app.Errors);
        Assert.Empty(app.Output);
    }

    [Fact]
    public async Task The_app_listens_on_the_address_that_it_is_told_and_no_other()
    {
        using var data = new TemporaryDirectory();
        using var app = AppProcess.Start(("HOST", Dns.GetHostName()), ("DATA_DIR", data.Path));
        var own = Dns.GetHostAddresses(Dns.GetHostName());
        Assert.SkipWhen(own.Contains(IPAddress.Parse("127.0.0.7")), "The machine's name is the address that is tried.");
        var port = (await app.ListeningAsync()).Port;

        using var other = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => other.ConnectAsync(IPAddress.Parse("127.0.0.7"), port));
        using var right = new TcpClient();
        await right.ConnectAsync(own[0], port);
    }

    [Fact]
    public async Task Told_to_stop_the_program_says_goodbye_to_its_clients_and_ends()
    {
        using var data = new TemporaryDirectory();
        using var app = AppProcess.Start(("DATA_DIR", data.Path));
        await using var client = await RawWebSocketClient.OpenAsync(await app.ListeningAsync(), "/socket.io/");

        app.Terminate();
        await client.WaitUntilClosedAsync();

        Assert.Equal(0, await app.ExitAsync());
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task A_second_process_is_kept_from_the_SQLite_file_until_the_first_is_gone_even_when_that_was_killed()
    {
        using var data = new TemporaryDirectory();
        using var first = AppProcess.Start(("DATA_DIR", data.Path));
        await first.ListeningAsync();

        using (var second = AppProcess.Start(("DATA_DIR", data.Path)))
        {
            Assert.Equal(1, await second.ExitAsync());
            var line = Assert.Single(second.Errors);
            Assert.StartsWith($"Salon cannot start. DATA_DIR {data.Path} is in use by another Salon", line);
            Assert.Contains("DATABASE_URL", line);
            Assert.Empty(second.Output);
        }

        await first.KillAsync();
        using var third = AppProcess.Start(("DATA_DIR", data.Path));
        await third.ListeningAsync();
    }

    [Theory]
    [EachDatabase]
    public async Task What_was_acknowledged_is_there_after_the_program_was_killed(string database)
    {
        using var storage = await databases.CreateAsync(database);
        var acknowledged = new List<long>();

        using (var app = AppProcess.Start(storage.Settings))
        {
            await using var alice = await ChatClient.ConnectAsync(await app.ListeningAsync(), "websocket", "Alice");
            await alice.JoinAsync("general");
            var sending = Enumerable.Range(1, 60).Select(i => alice.SayAsync("general", $"message {i}")).ToList();

            // Killed while half of them are still on their way.
            while (acknowledged.Count < 30)
            {
                var answered = await Task.WhenAny(sending);
                sending.Remove(answered);
                acknowledged.Add((await answered).GetProperty("seq").GetInt64());
            }

            await app.KillAsync();
        }

        using var restarted = AppProcess.Start(storage.Settings);
        await using var bob = await ChatClient.ConnectAsync(await restarted.ListeningAsync(), "websocket", "Bob");
        var joined = await bob.DoAsync("room:join", new { room = "general", since = 0 });
        var stored = joined.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("seq").GetInt64()).ToList();

        Assert.Equal(Enumerable.Range(1, stored.Count).Select(static seq => (long)seq), stored);
        Assert.Subset(stored.ToHashSet(), acknowledged.ToHashSet());
    }
}
