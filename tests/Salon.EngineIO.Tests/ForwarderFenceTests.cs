using System.Net;
using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO.Tests;

/// <summary>A forwarder that somebody else wrote, and that throws: the client is told to come back, and nobody else notices.</summary>
public class ForwarderFenceTests
{
    private const string Elsewhere = $"{EchoServer.Path}?EIO=4&transport=polling&sid=elsewhere";

    [Theory]
    [InlineData("FindServersAsync", "GET")]
    [InlineData("FindServersAsync", "POST")]
    [InlineData("FindServersAsync later", "GET")]
    [InlineData("ForwardAsync", "GET")]
    [InlineData("ForwardAsync", "POST")]
    [InlineData("ForwardAsync later", "GET")]
    [InlineData("ForwardAsync cancelled", "GET")]
    public async Task A_forwarder_that_throws_before_it_answers_is_answered_for(string failing, string method)
    {
        await using var server = await EchoServer.StartAsync(static options => options.AllowOrigins("https://friend.example"), forwarder: new Forwarder(failing));
        server.Logs.Expect($"IRequestForwarder.{failing.Split(' ')[0]} failed");
        using var request = new HttpRequestMessage(new HttpMethod(method), Elsewhere);
        request.Content = method == "POST" ? new StringContent("4hello") : null;
        request.Headers.Add("Origin", "https://friend.example");

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(["https://friend.example"], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Contains("Service Unavailable", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(server.Logs.Entries, entry => entry.Message == $"IRequestForwarder.{failing.Split(' ')[0]} failed.");
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_forwarder_that_throws_in_the_middle_of_its_answer_leaves_no_half_of_one()
    {
        await using var server = await EchoServer.StartAsync(forwarder: new Forwarder("ForwardAsync half"));
        server.Logs.Expect("IRequestForwarder.ForwardAsync failed");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Http.GetStringAsync(new Uri(Elsewhere, UriKind.Relative)));

        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_forwarder_that_does_not_say_how_much_it_takes_takes_nothing()
    {
        await using var server = await EchoServer.StartAsync(forwarder: new Forwarder("MaxBodyLength"));
        server.Logs.Expect("IRequestForwarder.MaxBodyLength failed");

        using var body = new StringContent("4hello");
        using var response = await server.Http.PostAsync(new Uri(Elsewhere, UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await server.AssertServesAsync();
    }

    private sealed class Forwarder(string failing) : IRequestForwarder
    {
        private int _sessions;

        public int MaxBodyLength => failing == "MaxBodyLength" ? throw new InvalidOperationException(failing) : 1000;

        public void Start(Func<HttpContext, CancellationToken, Task<bool>> serve)
        {
        }

        public string CreateSessionId() => $"session-{Interlocked.Increment(ref _sessions)}";

        public async ValueTask<IReadOnlyList<string>> FindServersAsync(string sessionId, CancellationToken cancellationToken)
        {
            await FailIfAsync("FindServersAsync");
            return ["other"];
        }

        public async Task<ForwardStatus> ForwardAsync(string server, HttpContext context, ReadOnlyMemory<byte> body)
        {
            context.Response.Headers.ContentEncoding = "br";
            context.Response.StatusCode = StatusCodes.Status200OK;

            if (failing == "ForwardAsync half")
            {
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("half");
                throw new InvalidOperationException(failing);
            }

            if (failing == "ForwardAsync cancelled")
            {
                // Not because the client has gone.
                throw new OperationCanceledException(failing);
            }

            await FailIfAsync("ForwardAsync");
            return ForwardStatus.Unavailable;
        }

        private async ValueTask FailIfAsync(string what)
        {
            if (failing == $"{what} later")
            {
                await Task.Yield();
            }

            if (failing == what || failing == $"{what} later")
            {
                throw new InvalidOperationException(failing);
            }
        }
    }
}
