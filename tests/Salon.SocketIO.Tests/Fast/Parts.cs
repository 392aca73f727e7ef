using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>A server that nobody connects to, its clock, and sockets without a connection: enough for the types that keep state.</summary>
internal sealed class Parts : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Parts(Action<SocketIOOptions>? configure = null, Action<IServiceCollection>? add = null)
    {
        var options = new SocketIOOptions();
        configure?.Invoke(options);
        var services = new ServiceCollection().AddMetrics().AddSingleton<ILoggerFactory>(new LoggerFactory([Logs])).AddSingleton<TimeProvider>(Time);
        add?.Invoke(services);
        _services = services.BuildServiceProvider();
        IO = new SocketIOServer(options, _services);
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>What the server says; whoever is interested looks.</summary>
    public LogWatcher Logs { get; } = new();

    public SocketIOServer IO { get; }

    /// <summary>A socket that is connected, as far as it knows.</summary>
    public Socket Connect(string id, Namespace? space = null)
    {
        var saved = Save(store: null!, id);
        var socket = new Socket(space ?? IO.Sockets, client: null!, handshake: null!, saved);
        socket.TryConnect();
        return socket;
    }

    /// <summary>The state of a client that is away.</summary>
    public static SavedSession Save(RecoveryStore store, string id, string? privateId = null) =>
        new(store, privateId ?? "private " + id, id, new HashSet<string> { id }, new RecoverableState(), DisconnectReason.TransportClose);

    /// <summary>An event as a client sends it.</summary>
    public static Packet Read(string text)
    {
        Assert.Equal(DecodeStatus.Complete, new PacketDecoder(PacketLimits.None).Add(Encoding.UTF8.GetBytes(text), out var packet));
        return packet;
    }

    /// <summary>An event as the server sends it.</summary>
    public EncodedPacket Event(string name, long? id = null)
    {
        using var payload = IO.CreateEvent(name);
        payload.Complete();
        return EncodedPacket.Create(IO.Sockets, PacketType.Event, id, payload);
    }

    public async ValueTask DisposeAsync()
    {
        await IO.DisposeAsync();
        await _services.DisposeAsync();
    }
}
