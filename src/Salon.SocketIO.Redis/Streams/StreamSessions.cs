using System.Buffers.Text;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// The sessions of clients that are away, as <c>@socket.io/redis-streams-adapter</c> keeps them: base64 of MessagePack, for a while. Beside its
/// fields, those of this kind of server have two more.
/// </summary>
internal sealed class StreamSessions(RedisHub hub)
{
    private const string Saving = "save a session";
    private const string Taking = "take a session";

    // Those that this server and the reference make are shorter.
    private const int MaxPrivateIdLength = 64;

    /// <returns>Whether it is kept.</returns>
    public async Task<bool> SaveAsync(ClusterSession session, TimeSpan lifetime)
    {
        try
        {
            var isKept = await hub.Client.SetAsync(KeyOf(session.PrivateId), Encode(session), lifetime);
            hub.Refusals.OnTaken(Saving);
            return isKept;
        }
        catch (RedisServerException exception)
        {
            hub.Refusals.OnRefused(Saving, "Clients that lose their connection cannot be recovered at another server", exception);
            return false;
        }
        catch (RedisException)
        {
            return false;
        }
    }

    /// <summary>Takes a session out: two that ask at once do not both get it.</summary>
    /// <returns><see langword="null"/> when it is not there, or Redis is not.</returns>
    public async Task<ClusterSession?> TakeAsync(string privateId)
    {
        if (privateId.Length > MaxPrivateIdLength || hub.Client.State != RedisState.Connected)
        {
            return null;
        }

        try
        {
            var reply = await hub.Client.ExecuteAsync(RedisCommand.Create("GETDEL", KeyOf(privateId)));
            hub.Refusals.OnTaken(Taking);
            return reply.IsNull ? null : Decode(reply.Text!);
        }
        catch (FormatException exception)
        {
            hub.OnPoison("sessions", exception);
            return null;
        }
        catch (RedisServerException exception)
        {
            hub.Refusals.OnRefused(Taking, "Clients that come from another server begin anew", exception);
            return null;
        }
        catch (RedisException)
        {
            return null;
        }
    }

    private static string Encode(ClusterSession session)
    {
        var json = WirePayload.WriteJson(session, static (writer, session) =>
        {
            writer.WriteStartObject();
            writer.WriteString("sid"u8, session.Id);
            writer.WriteString("pid"u8, session.PrivateId);
            writer.WriteRooms("rooms"u8, session.Rooms);
            writer.WriteRaw("data"u8, session.Data);
            writer.WriteString("after"u8, session.StartedAfter);
            writer.WriteString("token"u8, session.Token);
            writer.WriteEndObject();
        });

        return Convert.ToBase64String(WirePayload.ToMessagePack(json, session.Data.Attachments).Span);
    }

    private static ClusterSession Decode(string text)
    {
        if (!Base64.IsValid(text))
        {
            throw new FormatException("The session is not base64.");
        }

        var session = WireReader.Read(Convert.FromBase64String(text));

        return new ClusterSession(
            session.GetTextOrNull("sid") ?? throw new FormatException("The session has no id."),
            session.GetTextOrNull("pid") ?? throw new FormatException("The session has no private id."),
            session.Get("rooms").ReadRooms(),
            session.Has("data") ? session.Get("data").ReadRaw() : new RawJson(),
            session.GetTextOrNull("after"),
            session.GetTextOrNull("token"));
    }

    private string KeyOf(string privateId) => hub.Options.SessionKeyPrefix + privateId;
}
