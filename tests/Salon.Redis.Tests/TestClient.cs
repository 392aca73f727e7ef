using System.Text;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>A client with what it logged. Disposing it fails the test when something was logged that nobody announced.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly LoggerFactory _loggers;

    public TestClient(RedisOptions options, TimeProvider? time = null)
    {
        _loggers = new LoggerFactory([Logs]);
        Redis = new RedisClient(options, _loggers, time);
    }

    public TestClient(RedisServer server)
        : this(Quick(server.Url))
    {
    }

    public LogWatcher Logs { get; } = new();

    public RedisClient Redis { get; }

    /// <summary>Options for tests that wait for what takes long.</summary>
    public static RedisOptions Quick(string url) => RedisOptions.Parse(url) with
    {
        MinReconnectDelay = TimeSpan.FromMilliseconds(10),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
    };

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public Task ConnectedAsync() => Eventually.Async("the client is connected", () => Redis.State == RedisState.Connected);

    public Task DisconnectedAsync() => Eventually.Async("the client is disconnected", () => Redis.State == RedisState.Disconnected);

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        _loggers.Dispose();
        Logs.AssertNothingUnexpected();
    }
}
