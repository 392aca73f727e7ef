using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Somebody else on the bus, who writes messages by hand and hears what is published.</summary>
internal sealed class FlaskPeer : IAsyncDisposable
{
    private const string BusChannel = "flask-socketio";

    private readonly RedisClient _client;
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

    private FlaskPeer(RedisClient client) => _client = client;

    public static async Task<FlaskPeer> StartAsync(RedisServer redis)
    {
        var peer = new FlaskPeer(new RedisClient(RedisOptions.Parse(redis.Url)));
        await peer._client.SubscribeAsync(BusChannel, message => peer._heard.Writer.TryWrite(Encoding.UTF8.GetString(message.Payload.Span))).Soon();
        return peer;
    }

    /// <summary>Publishes a message, and takes it out of what is heard.</summary>
    public async Task PublishAsync(string message)
    {
        await PublishAsync(Encoding.UTF8.GetBytes(message));
        Assert.Equal(message, await _heard.Reader.ReadAsync().AsTask().Soon());
    }

    /// <summary>Publishes anything.</summary>
    public Task PublishAsync(byte[] message) => _client.PublishAsync(BusChannel, message).Soon();

    /// <summary>The next message of somebody else.</summary>
    public async Task<JsonElement> ReceiveAsync() => JsonDocument.Parse(await _heard.Reader.ReadAsync().AsTask().Soon()).RootElement;

    /// <summary>The next message of somebody else, without the sender, whose id is different each time.</summary>
    public async Task<string> ReceiveTextAsync()
    {
        var message = await ReceiveAsync();
        return JsonSerializer.Serialize(message.EnumerateObject().Where(static field => field.Name != "host_id").ToDictionary(static field => field.Name, static field => field.Value))
            .Replace("\\u0022", "\\\"", StringComparison.Ordinal);
    }

    /// <summary>How many hear the bus.</summary>
    public Task<long> CountAsync() => _client.CountSubscribersAsync(BusChannel).Soon();

    /// <summary>Nothing was published that was not received: what is published now is the next.</summary>
    public Task AssertNothingAsync() => PublishAsync("""{"method":"nothing"}""");

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
