using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Salon.SocketIO.Redis.Wire;

/// <summary>Texts of JSON as JavaScript has them: half of a surrogate pair is a text there too, which .NET's reader refuses.</summary>
internal static class WireText
{
    /// <summary>Reads a text.</summary>
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(text)[1..^1]));
        }
    }

    /// <summary>Whether .NET can read it too.</summary>
    public static bool IsWellFormed(JsonElement text)
    {
        try
        {
            text.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Finds a member of an object, whatever the names of the others are.</summary>
    public static JsonElement? Find(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return value.TryGetProperty(name, out var found) ? found : null;
        }
        catch (InvalidOperationException)
        {
            JsonElement? last = null;

            foreach (var member in value.EnumerateObject())
            {
                last = JsonMarshal.GetRawUtf8PropertyName(member).SequenceEqual(Encoding.UTF8.GetBytes(name)) ? member.Value : last;
            }

            return last;
        }
    }

    // The reader has looked at the escapes: each is whole.
    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);

        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            switch (raw[++i])
            {
                case 'u':
                    text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 4;
                    break;

                case var sign:
                    text.Append(sign switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => sign });
                    break;
            }
        }

        return text.ToString();
    }
}
