using System.Net;
using System.Net.Http.Headers;

namespace Salon.SocketIO.Tests;

/// <summary>The official JavaScript client, as the server serves it.</summary>
public class BundleTests
{
    [Theory]
    [InlineData("socket.io.js")]
    [InlineData("socket.io.min.js")]
    [InlineData("socket.io.msgpack.min.js")]
    [InlineData("socket.io.esm.min.js")]
    [InlineData("socket.io.js.map")]
    [InlineData("socket.io.min.js.map")]
    [InlineData("socket.io.msgpack.min.js.map")]
    [InlineData("socket.io.esm.min.js.map")]
    public async Task Each_of_the_eight_files_is_served_whole_in_every_encoding(string name)
    {
        await using var server = await SocketServer.StartAsync();
        var plain = await GetAsync(server, name, null);
        using var decompressing = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = server.Uri };
        var text = await decompressing.GetStringAsync(SocketServer.Path + name);

        Assert.Equal(plain.Content, text);
        Assert.Contains(name.EndsWith(".map", StringComparison.Ordinal) ? "\"version\":3" : "Socket.IO v4.8.4", text);
        Assert.Equal(name.EndsWith(".map", StringComparison.Ordinal) ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8", plain.Type);
        Assert.Equal("br", (await GetAsync(server, name, "gzip, br")).Encoding);
        Assert.Equal("gzip", (await GetAsync(server, name, "gzip")).Encoding);
        Assert.Null(plain.Encoding);
    }

    [Fact]
    public async Task Pages_of_an_allowed_origin_may_read_the_files()
    {
        await using var server = await SocketServer.StartAsync(configure: static options => options.AllowOrigins("https://good.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/socket.io/socket.io.js");
        request.Headers.Add("Origin", "https://good.example");
        using var response = await server.Http.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("https://good.example", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task A_client_that_has_the_version_gets_no_body()
    {
        await using var server = await SocketServer.StartAsync();
        using var first = await server.Http.GetAsync(SocketServer.Path + "socket.io.js?v=1");

        Assert.Equal("\"4.8.4\"", first.Headers.ETag!.Tag);
        Assert.Equal("public, max-age=0", first.Headers.CacheControl!.ToString());

        foreach (var tag in new[] { "\"4.8.4\"", "W/\"4.8.4\"", "\"1\", \"4.8.4\"", "*" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, SocketServer.Path + "socket.io.js");
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            using var response = await server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        }

        using var stale = new HttpRequestMessage(HttpMethod.Get, SocketServer.Path + "socket.io.js");
        stale.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"4.8.3\""));
        using var fresh = await server.Http.SendAsync(stale);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task Other_names_are_requests_of_the_protocol()
    {
        await using var server = await SocketServer.StartAsync();

        foreach (var name in new[] { "socket.io.slim.js", "../socket.io.js", "version", "socket.io.js.br", "" })
        {
            using var response = await server.Http.GetAsync(SocketServer.Path + name);
            Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{name}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Head_has_no_body_and_other_methods_are_refused()
    {
        await using var server = await SocketServer.StartAsync();

        using var head = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, SocketServer.Path + "socket.io.js"));
        using var post = await server.Http.PostAsync(SocketServer.Path + "socket.io.js", null);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 10_000);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task The_option_switches_the_files_off()
    {
        await using var server = await SocketServer.StartAsync(configure: options => options.ServeClient = false);
        using var response = await server.Http.GetAsync(SocketServer.Path + "socket.io.js");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<(string Content, string? Type, string? Encoding)> GetAsync(SocketServer server, string name, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, SocketServer.Path + name);

        if (encoding is not null)
        {
            request.Headers.Add("Accept-Encoding", encoding);
        }

        using var response = await server.Http.SendAsync(request);
        var headers = response.Content.Headers;
        return (await response.Content.ReadAsStringAsync(), headers.ContentType?.ToString(), headers.ContentEncoding.SingleOrDefault());
    }
}
