using System.IO.Compression;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>
/// Every middleware of ASP.NET Core that does something to all requests, set to do it to all of them: none of it is made for long polls and WebSockets.
/// </summary>
public class MiddlewareTests
{
    private const string Path = "/engine.io/";

    [Theory]
    [EachTransport]
    public async Task Sessions_live_beside_all_middleware(string transport)
    {
        var closes = 0;
        await using var server = await StartAsync(_ => Interlocked.Increment(ref closes));
        await using var first = await RawClient.OpenAsync(server.Uri, transport, Path);
        await using var second = await RawClient.OpenAsync(server.Uri, transport, Path);

        // Output caching gave both the same.
        Assert.NotEqual(first.SessionId, second.SessionId);

        // Ten requests and more, where one is allowed.
        for (var i = 0; i < 5; i++)
        {
            await second.SendAsync($"4{i}");
            Assert.Equal($"4{i}", await second.ReceiveAsync());
        }

        // Longer than any request may take.
        var waiting = first.ReceiveAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(1)));
        await first.SendAsync("4late");
        Assert.Equal("4late", await waiting);
        Assert.Equal(0, closes);

        // Neither addresses nor bodies.
        Assert.DoesNotContain(server.Logs.Entries, entry => entry.Message.Contains(first.SessionId) && entry.Category.Contains("HttpLogging"));
    }

    [Fact]
    public async Task The_middleware_is_really_there()
    {
        await using var server = await StartAsync(_ => { });

        Assert.Equal("1", await server.Http.GetStringAsync("/usual"));
        Assert.Equal("1", await server.Http.GetStringAsync("/usual"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Http.GetAsync("/usual?other")).StatusCode);
        Assert.Contains(server.Logs.Entries, entry => entry.Category.Contains("HttpLogging"));
    }

    [Fact]
    public async Task Small_answers_are_not_compressed_and_large_ones_once()
    {
        await using var server = await StartAsync(_ => { });
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var large = new string('a', 5000);

        foreach (var (message, encoding) in new[] { ("small", ""), (large, "gzip") })
        {
            await client.SendAsync("4" + message);
            using var request = new HttpRequestMessage(HttpMethod.Get, client.Url);
            request.Headers.Add("Accept-Encoding", "gzip");
            using var response = await server.Http.SendAsync(request);

            Assert.Equal(encoding, string.Join(',', response.Content.Headers.ContentEncoding));
            Assert.NotNull(response.Content.Headers.ContentLength);
            await using var body = await response.Content.ReadAsStreamAsync();
            using var reader = new StreamReader(encoding.Length == 0 ? body : new GZipStream(body, CompressionMode.Decompress));
            Assert.Equal("4" + message, await reader.ReadToEndAsync());
        }

        // What the app added to its own addresses still works.
        using var usual = new HttpRequestMessage(HttpMethod.Get, "/usual");
        usual.Headers.Add("Accept-Encoding", "gzip");
        Assert.Equal("gzip", Assert.Single((await server.Http.SendAsync(usual)).Content.Headers.ContentEncoding));
    }

    [Fact]
    public async Task What_the_app_demands_of_everybody_is_demanded_here_too()
    {
        await using var server = await TestServer.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapEngineIO(Path, static _ => throw new InvalidOperationException("Nobody gets here."));
            },
            services =>
            {
                services.AddDataProtection().UseEphemeralDataProtectionProvider();
                services.AddAuthentication("none").AddCookie("none", options => options.Events.OnRedirectToLogin = context =>
                {
                    context.Response.StatusCode = 401;
                    return Task.CompletedTask;
                });
                services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            });

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync($"{Path}?EIO=4&transport=polling")).StatusCode);
    }

    private static Task<TestServer> StartAsync(Action<CloseReason> onClose)
    {
        var calls = 0;

        return TestServer.StartAsync(
            app =>
            {
                app.UseHttpLogging();
                app.UseResponseCompression();
                app.UseRateLimiter();
                app.UseRequestTimeouts();
                app.UseOutputCache();
                app.UseAntiforgery();
                app.MapEngineIO(Path, session => new Echo(session, onClose));
                app.MapGet("/usual", () => $"{Interlocked.Increment(ref calls)}");
            },
            services =>
            {
                services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(500) });
                services.AddOutputCache(options => options.AddBasePolicy(static policy => policy.Cache()));
                services.AddResponseCompression(options => options.EnableForHttps = true);
                services.AddRateLimiter(options =>
                {
                    options.RejectionStatusCode = 429;
                    options.GlobalLimiter = PartitionedRateLimiter.Create<Microsoft.AspNetCore.Http.HttpContext, string>(static _ =>
                        RateLimitPartition.GetFixedWindowLimiter("all", static _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromHours(1) }));
                });
                services.AddAntiforgery();
                services.AddDataProtection().UseEphemeralDataProtectionProvider();
                services.AddHttpLogging(options => options.LoggingFields = HttpLoggingFields.All);
            });
    }

    private sealed class Echo(EngineSession session, Action<CloseReason> onClose) : IEngineHandler
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            session.TrySend(EngineMessage.CreateText(data.Span));
            return default;
        }

        public void OnClose(CloseReason reason) => onClose(reason);
    }
}
