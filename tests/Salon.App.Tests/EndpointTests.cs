using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Whatever is read by GET is read by HEAD, and other methods are refused with what is allowed. A new endpoint is tested too.</summary>
public class EndpointTests
{
    // They read the method themselves: Engine.IO answers 400 as the reference does, and the native chat 426 to whatever is no handshake.
    private static readonly string[] OwnMethods = ["/socket.io/{**rest}", "/ws/chat"];

    private static readonly string[] AllMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    [Fact]
    public async Task Every_endpoint_says_which_methods_it_takes_and_who_takes_GET_takes_HEAD()
    {
        await using var server = await AppServer.StartAsync();
        var endpoints = EndpointsOf(server);

        Assert.True(endpoints.Count > 20, $"Only {endpoints.Count} endpoints were found.");
        Assert.All(endpoints, static endpoint =>
        {
            var methods = MethodsOf(endpoint);
            Assert.True(methods.Count > 0, $"{endpoint.RoutePattern.RawText} takes any method.");
            Assert.Equal(methods.Contains("GET"), methods.Contains("HEAD"));
        });
    }

    [Fact]
    public async Task HEAD_answers_like_GET_without_a_body_on_every_endpoint_that_is_read()
    {
        await using var server = await AppServer.StartAsync();
        var symbol = (await server.Http.GetFromJsonAsync<JsonElement>("/stocks/symbols"))[0].GetProperty("symbol").GetString()!;

        foreach (var path in EndpointsOf(server).Where(static endpoint => MethodsOf(endpoint).Contains("GET")).Select(endpoint => PathOf(endpoint, symbol)).Distinct())
        {
            using var get = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead).Soon(path);
            using var head = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path)).Soon(path);

            Assert.Equal((path, get.StatusCode), (path, head.StatusCode));
            Assert.Equal((path, get.Content.Headers.ContentType), (path, head.Content.Headers.ContentType));
            Assert.Equal((path, get.Headers.CacheControl), (path, head.Headers.CacheControl));
            Assert.Equal((path, get.Headers.ETag), (path, head.Headers.ETag));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Every_other_method_is_refused_with_what_is_allowed()
    {
        await using var server = await AppServer.StartAsync();

        foreach (var group in EndpointsOf(server).GroupBy(static endpoint => PathOf(endpoint, "ACME")))
        {
            var allowed = group.SelectMany(MethodsOf).ToHashSet();

            foreach (var method in AllMethods.Where(method => !allowed.Contains(method)))
            {
                using var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), group.Key)).Soon(group.Key);

                Assert.Equal((group.Key, method, HttpStatusCode.MethodNotAllowed), (group.Key, method, response.StatusCode));
                Assert.Equal(allowed.Order(), response.Content.Headers.Allow.Order());
            }
        }
    }

    private static List<RouteEndpoint> EndpointsOf(AppServer server) =>
    [
        .. server.Services.GetServices<EndpointDataSource>()
            .SelectMany(static source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Distinct()
            .Where(static endpoint => !OwnMethods.Contains(endpoint.RoutePattern.RawText)),
    ];

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    private static string PathOf(RouteEndpoint endpoint, string symbol) =>
        "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{symbol}", symbol, StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal);
}
