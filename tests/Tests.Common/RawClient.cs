namespace Salon.Tests;

/// <summary>
/// A client that types its packets by hand, over either transport, and shares no code with the server. What it sends and receives are
/// Engine.IO packets: <c>4hello</c>, or binary data.
/// </summary>
public abstract class RawClient : IAsyncDisposable
{
    /// <summary>The session's id, from the handshake.</summary>
    public string SessionId { get; private protected set; } = "";

    /// <summary>The handshake's JSON.</summary>
    public string Handshake { get; private protected set; } = "";

    /// <summary>Opens a session.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="transport"><c>polling</c> or <c>websocket</c>.</param>
    /// <param name="path">The path that Engine.IO is mapped to.</param>
    public static async Task<RawClient> OpenAsync(Uri server, string transport, string path = "/engine.io/")
    {
        RawClient client = transport == "polling"
            ? await RawPollingClient.OpenAsync(server, path)
            : await RawWebSocketClient.OpenAsync(server, path);

        return client;
    }

    /// <summary>Sends text packets, together if the transport can.</summary>
    public abstract Task SendAsync(params string[] packets);

    /// <summary>Sends a binary message.</summary>
    public abstract Task SendBinaryAsync(byte[] data);

    /// <summary>
    /// Receives the next packet, pings left out: text as it is, binary data as <c>b</c> and base64; <see langword="null"/> when the session
    /// has ended.
    /// </summary>
    public async Task<string?> ReceiveAsync()
    {
        while (await ReceiveAnyAsync().Soon() is { } packet)
        {
            if (packet is not ("2" or "6"))
            {
                return packet;
            }
        }

        return null;
    }

    /// <summary>Receives the next packet, whatever it is.</summary>
    public abstract Task<string?> ReceiveAnyAsync();

    /// <summary>Waits for the end of the session. Messages on the way are ignored.</summary>
    public async Task WaitUntilClosedAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    /// <summary>Leaves without a word.</summary>
    public abstract ValueTask DisposeAsync();
}
