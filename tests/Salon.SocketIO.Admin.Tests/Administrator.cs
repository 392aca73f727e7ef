using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>An administrator, as the official UI is one.</summary>
internal sealed class Administrator(RawClient client) : IAsyncDisposable
{
    private const string Prefix = "42/admin,";

    public RawClient Client => client;

    /// <summary>Receives packets until an event of this name; numbers, which come by themselves, are passed over.</summary>
    /// <returns>Its arguments.</returns>
    /// <param name="eventName">The event that is waited for.</param>
    /// <param name="match">Whether it is the right one of its name.</param>
    /// <param name="passed">Other events that may come before it.</param>
    public async Task<JsonElement[]> ReceiveAsync(string eventName, Func<JsonElement[], bool>? match = null, params string[] passed)
    {
        while (await client.ReceiveAsync() is { } packet)
        {
            if (!packet.StartsWith(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var elements = JsonDocument.Parse(packet[Prefix.Length..]).RootElement.EnumerateArray().ToArray();

            if (elements[0].GetString() == eventName && match?.Invoke(elements[1..]) != false)
            {
                return elements[1..];
            }

            Assert.Contains(elements[0].GetString(), (string[])["server_stats", "socket_connected", "room_left", .. passed, eventName]);
        }

        throw new InvalidOperationException($"The session ended before \"{eventName}\".");
    }

    public Task SendAsync(string json) => client.SendAsync(Prefix + json);

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
