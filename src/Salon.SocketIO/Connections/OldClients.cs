using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Salon.EngineIO;

namespace Salon.SocketIO.Connections;

/// <summary>
/// What is different for clients of Socket.IO v2, which come over Engine.IO v3: they are in the namespace <c>/</c> without asking, say who
/// they are in the query of a namespace, and make their ids themselves, out of the session's.
/// </summary>
internal static class OldClients
{
    public static bool IsOld(this EngineSession session) => session.Protocol == 3;

    /// <summary>The id that the client gives itself.</summary>
    public static string GetSocketId(EngineSession session, string name) => name == "/" ? session.Id : $"{name}#{session.Id}";

    /// <summary>Takes <c>/admin?token=abc</c> apart: the namespace, and what a client of today would have given as <c>auth</c>.</summary>
    public static (string Name, ReadOnlyMemory<byte> Auth) ParseNamespace(string nameAndQuery)
    {
        var start = nameAndQuery.IndexOf('?', StringComparison.Ordinal);

        if (start < 0)
        {
            return (nameAndQuery, default);
        }

        using var output = new MemoryStream();

        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();

            foreach (var (key, values) in QueryHelpers.ParseQuery(nameAndQuery[start..]))
            {
                // Twice the same name: the last one counts, as it does in an object.
                json.WriteString(key, values[^1]);
            }

            json.WriteEndObject();
        }

        return (nameAndQuery[..start], output.ToArray());
    }
}
