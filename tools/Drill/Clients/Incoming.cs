using System.Text.Json;

namespace Salon.Drills.Clients;

/// <summary>A message of the chat as a client got it.</summary>
/// <param name="Room">The room.</param>
/// <param name="Seq">Its number in the room.</param>
/// <param name="ClientMsgId">What its writer called it.</param>
/// <param name="Print">A fingerprint of all that it says.</param>
internal readonly record struct Incoming(string Room, long Seq, string ClientMsgId, ulong Print)
{
    public static Incoming Read(JsonElement message) => Of(
        message.GetProperty("room").GetString()!,
        message.GetProperty("seq").GetInt64(),
        message.GetProperty("id").GetString()!,
        message.GetProperty("username").GetString()!,
        message.TryGetProperty("clientMsgId", out var clientMsgId) ? clientMsgId.GetString()! : "",
        message.GetProperty("text").GetString()!);

    public static Incoming Of(string room, long seq, string id, string username, string clientMsgId, string text) =>
        new(room, seq, clientMsgId, Fingerprint(Fingerprint(Fingerprint(Fingerprint(14695981039346656037, id), username), clientMsgId), text));

    // FNV-1a, with an end mark between the parts.
    private static ulong Fingerprint(ulong print, string text)
    {
        foreach (var character in text)
        {
            print = (print ^ character) * 1099511628211;
        }

        return (print ^ '\n') * 1099511628211;
    }
}
