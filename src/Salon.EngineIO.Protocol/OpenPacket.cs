using System.Text.Json;

namespace Salon.EngineIO.Protocol;

/// <summary>The handshake that the server opens a session with (Engine.IO v4, "Handshake"). Exactly five members, in this order.</summary>
/// <param name="SessionId">The session's id, a secret of this client.</param>
/// <param name="Upgrades">The transports that the client may move to.</param>
/// <param name="PingInterval">How long after a pong the next ping is sent.</param>
/// <param name="PingTimeout">How long the server waits for a pong.</param>
/// <param name="MaxPayload">The largest payload that the server accepts, in bytes.</param>
public sealed record OpenPacket(string SessionId, IReadOnlyList<string> Upgrades, TimeSpan PingInterval, TimeSpan PingTimeout, long MaxPayload)
{
    /// <summary>Encodes the packet as text, type digit included.</summary>
    public byte[] Encode()
    {
        using var output = new MemoryStream(160);
        output.WriteByte((byte)'0');

        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("sid"u8, SessionId);
            json.WriteStartArray("upgrades"u8);

            foreach (var upgrade in Upgrades)
            {
                json.WriteStringValue(upgrade);
            }

            json.WriteEndArray();
            json.WriteNumber("pingInterval"u8, (long)PingInterval.TotalMilliseconds);
            json.WriteNumber("pingTimeout"u8, (long)PingTimeout.TotalMilliseconds);
            json.WriteNumber("maxPayload"u8, MaxPayload);
            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
