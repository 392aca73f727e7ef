using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salon.EngineIO.EventLoops;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What is bound where, and what remains of it: <see cref="LoopListenerFactory"/>, without Kestrel, over loopback.</summary>
[Trait("Stage", "fast")]
public sealed class LoopListenerFactoryTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly LoggerFactory _logging;
    private readonly LoopListenerFactory _factory;

    public LoopListenerFactoryTests()
    {
        _logging = new LoggerFactory([_logs]);
        _factory = new LoopListenerFactory(Options.Create(new KestrelServerOptions()), _logging);
    }

    public void Dispose()
    {
        _factory.Dispose();
        _logging.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_port_is_bound_once_and_again_when_it_is_free()
    {
        await using var first = await _factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await Assert.ThrowsAsync<AddressInUseException>(async () => await _factory.BindAsync(first.EndPoint));
        await using var other = await _factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.NotEqual(first.EndPoint, other.EndPoint);

        await first.UnbindAsync();
        await first.DisposeAsync();
        await using var second = await _factory.BindAsync(first.EndPoint);

        await ServeAsync(second);
        await ServeAsync(other);
    }

    [Fact]
    public void Other_kinds_of_addresses_are_none_of_its_own_and_without_any_there_is_nothing_to_end()
    {
        Assert.True(_factory.CanBind(new IPEndPoint(IPAddress.IPv6Any, 80)));
        Assert.False(_factory.CanBind(new UnixDomainSocketEndPoint("/tmp/socket")));

        _factory.Dispose();
        _factory.Dispose();
    }

    [Fact]
    public async Task Ending_it_twice_does_no_harm()
    {
        await using (var listener = await _factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            await ServeAsync(listener);
        }

        _factory.Dispose();
        _factory.Dispose();
    }

    private static async Task ServeAsync(IConnectionListener listener)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptAsync().AsTask();
        await client.ConnectAsync(listener.EndPoint);
        await client.SendAsync("x"u8.ToArray());
        await using var connection = await accepting.Soon();
        Assert.NotNull(connection);
        Assert.Equal(1, (await connection.Transport.Input.ReadAsync().AsTask().Soon()).Buffer.Length);
    }
}
