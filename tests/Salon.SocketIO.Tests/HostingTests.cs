using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>How the server becomes part of an app, and what it says when that goes wrong.</summary>
public class HostingTests
{
    [Fact]
    public void Mapping_without_adding_says_what_to_call()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.MapSocketIO());
        Assert.Contains("AddSocketIO", exception.Message);
    }

    [Fact]
    public void Mapping_twice_is_refused()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSocketIO();
        var app = builder.Build();
        app.MapSocketIO();
        Assert.Throws<InvalidOperationException>(() => app.MapSocketIO("/other"));
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        var own = FailToMap(options =>
        {
            options.ConnectTimeout = TimeSpan.Zero;
            options.BroadcastAckTimeout = TimeSpan.Zero;
            options.MaxAttachments = -1;
            options.MaxConcurrentEvents = 0;
            options.MaxInboxBytes = 0;
        });
        var inherited = FailToMap(options => options.PingInterval = TimeSpan.Zero);

        Assert.Equal(5, own.Failures.Count());
        Assert.Contains("MaxConcurrentEvents must be positive, but is 0.", own.Failures);
        Assert.Contains("PingInterval", Assert.Single(inherited.Failures));
    }

    [Theory]
    [EachTransport]
    public async Task Another_path_is_served_with_and_without_its_slash(string transport)
    {
        await using var server = await TestServer.StartAsync(
            app => app.MapSocketIO("/ws/"),
            services => services.AddSocketIO());

        foreach (var path in new[] { "/ws/", "/ws" })
        {
            await using var client = await RawClient.OpenAsync(server.Uri, transport, path);
            Assert.NotEmpty(client.SessionId);
        }
    }

    [Fact]
    public async Task The_server_can_be_injected()
    {
        await using var server = await TestServer.StartAsync(app => app.MapSocketIO(), services => services.AddSocketIO());
        var io = server.Services.GetRequiredService<SocketIOServer>();
        Assert.Equal("/socket.io", io.Path);
        Assert.Same(io.Of("/"), io.Sockets);
        Assert.Same(io.Of("chat"), io.Of("/chat"));
        Assert.Same(io.Of(""), io.Of("/"));
    }

    private static OptionsValidationException FailToMap(Action<SocketIOOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSocketIO(configure);
        return Assert.ThrowsAny<OptionsValidationException>(() => builder.Build().MapSocketIO());
    }
}
