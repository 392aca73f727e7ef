using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Salon.Json;

/// <summary>Texts of JSON as JavaScript has them: half of a surrogate pair is a text there too, which .NET's reader refuses.</summary>
internal static class JavaScriptText
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

    /// <summary>Finds a member of an object, the last of that name, whatever the names of the others are. No name costs an exception.</summary>
    /// <param name="value">The object; anything else has no members.</param>
    /// <param name="name">The name, in ASCII.</param>
    /// <param name="ignoreCase">Whether a name in another case is the same.</param>
    public static JsonElement? Find(JsonElement value, string name, bool ignoreCase = false)
    {
        JsonElement? last = null;

        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                last = IsNamed(member, name, ignoreCase) ? member.Value : last;
            }
        }

        return last;
    }

    private static bool IsNamed(JsonProperty member, string name, bool ignoreCase)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);

        if (raw.Contains((byte)'\\'))
        {
            return string.Equals(Unescape(Encoding.UTF8.GetString(raw)), name, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        }

        return ignoreCase ? Ascii.EqualsIgnoreCase(raw, name) : Ascii.Equals(raw, name);
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
