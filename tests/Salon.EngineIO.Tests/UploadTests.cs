using System.Net;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>POSTs that come slowly.</summary>
public class UploadTests
{
    [Fact]
    public async Task A_post_that_pauses_for_longer_than_kestrel_allows_is_taken()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await SendAsync(connection, Head(client, 9));

        // Kestrel's own patience: 240 bytes a second, after five seconds. Real time, since its clock is not ours.
        using (var pause = new PeriodicTimer(TimeSpan.FromSeconds(8)))
        {
            await pause.WaitForNextTickAsync();
        }

        await SendAsync(connection, "4still ok");

        Assert.StartsWith("HTTP/1.1 200", await connection.ReceiveHeadAsync());
        Assert.Equal("4still ok", await client.ReceiveAsync());
    }

    [Fact]
    public async Task What_comes_of_a_post_is_a_sign_of_life_and_its_time_as_a_whole_is_bounded()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await SendAsync(connection, Head(client, 1000) + "4");
        await Eventually.Async("it is being read", () => server.Sessions.First().Polling!.HasPost);

        // Longer than the heartbeat waits for a silent client: what comes of the body is all that is heard of this one.
        for (var second = 0; second < 110; second += 5)
        {
            await SendAsync(connection, "x");
            await Eventually.Async("it is heard", () => server.Sessions.First().IsHeard);
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(server.Closes);

        await Eventually.Async("the time is over", () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return !server.Closes.IsEmpty;
        });

        Assert.StartsWith("HTTP/1.1 408", await connection.ReceiveHeadAsync());
        Assert.Equal(CloseReason.TransportError, Assert.Single(server.Closes));
        using var late = await client.GetAsync();
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    private static string Head(RawPollingClient client, int length) =>
        $"POST {client.Url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n";

    private static Task SendAsync(RawConnection connection, string text) => connection.SendAsync(Encoding.UTF8.GetBytes(text));
}
