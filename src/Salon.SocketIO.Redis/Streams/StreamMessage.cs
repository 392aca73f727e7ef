using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// A message as it stands in a stream. Beside the fields of the reference, those of this kind of server have a number, by which one that
/// was written twice is recognised; the reference does not look at it.
/// </summary>
/// <param name="Sender">The server that wrote it.</param>
/// <param name="Number">The sender's number for it, from 1 up; 0 where it has none.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Type">What it says.</param>
/// <param name="Data">The rest, encoded.</param>
internal sealed record StreamMessage(string Sender, long Number, string Namespace, int Type, ReadOnlyMemory<byte> Data)
{
    public long Size => Data.Length + Sender.Length + Namespace.Length;

    public static StreamMessage Create(ClusterMessage message, string @namespace) =>
        new(message.Sender, Number: 0, @namespace, (int)message.Type, ClusterCodec.EncodeData(message));

    /// <returns><see langword="null"/> when the entry is none of a server.</returns>
    public static StreamMessage? Read(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fields)
    {
        if (!fields.ContainsKey("nsp"))
        {
            return null;
        }

        // What is not a number is no type that is known.
        _ = int.TryParse(GetText(fields, "type"), out var type);
        _ = long.TryParse(GetText(fields, "n"), out var number);
        return new StreamMessage(GetText(fields, "uid"), number, GetText(fields, "nsp"), type, fields.GetValueOrDefault("data"));
    }

    /// <exception cref="FormatException">It cannot be read.</exception>
    public ClusterMessage? Decode() => ClusterCodec.Decode(Type, Sender, Data.Span);

    private static string GetText(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fields, string name) =>
        fields.TryGetValue(name, out var value) ? System.Text.Encoding.UTF8.GetString(value.Span) : "";
}
