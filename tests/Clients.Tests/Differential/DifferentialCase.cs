using System.Globalization;
using System.Text;

namespace Salon.Clients.Tests.Differential;

/// <summary>One case of <c>cases.txt</c>: what is sent, and what may differ. The head of that file says how cases are written.</summary>
/// <param name="Name">The group and the name of the case.</param>
/// <param name="Form">The form of server that it is sent to.</param>
/// <param name="Steps">What is sent, a line a step.</param>
/// <param name="Rows">The first cells of the rows of <c>docs/protocol/differences.md</c> that explain what differs.</param>
/// <param name="Differences">What differs: lines that only the reference gives (<c>-</c>) and lines that only Salon gives (<c>+</c>).</param>
internal sealed record DifferentialCase(
    string Name,
    string Form,
    IReadOnlyList<string> Steps,
    IReadOnlyList<string> Rows,
    IReadOnlyList<string> Differences)
{
    /// <summary>Reads the cases of a file.</summary>
    public static IReadOnlyList<DifferentialCase> ReadAll(string path)
    {
        var cases = new List<DifferentialCase>();
        var group = "";
        List<string> steps = [], rows = [], differences = [];

        foreach (var (line, number) in File.ReadLines(path).Select(static (line, index) => (line, index + 1)))
        {
            if (line.Length == 0 || line.StartsWith("# ", StringComparison.Ordinal) || line == "#")
            {
                continue;
            }

            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                group = line[3..];
            }
            else if (line.StartsWith("= ", StringComparison.Ordinal))
            {
                (steps, rows, differences) = ([], [], []);
                var parts = line[2..].Split(" @");
                cases.Add(new DifferentialCase($"{group}: {parts[0]}", parts.ElementAtOrDefault(1) ?? "usual", steps, rows, differences));
            }
            else if (line.StartsWith("  row ", StringComparison.Ordinal))
            {
                rows.Add(line[6..]);
            }
            else if (line.StartsWith("  - ", StringComparison.Ordinal) || line.StartsWith("  + ", StringComparison.Ordinal))
            {
                differences.Add(line[2..]);
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal) || cases.Count == 0)
            {
                throw new FormatException($"Line {number} is none of a case: {line}");
            }
            else
            {
                steps.Add(line);
            }
        }

        return cases;
    }

    /// <summary>The bytes that a step's text stands for.</summary>
    public static byte[] ToBytes(string text)
    {
        var bytes = new List<byte>();

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var length = char.IsHighSurrogate(text[i]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            i++;

            switch (text[i])
            {
                case 'e': bytes.Add(0x1e); break;
                case 'r': bytes.Add((byte)'\r'); break;
                case 'n': bytes.Add((byte)'\n'); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case 'x':
                    bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                case '{':
                    var end = text.IndexOf('}', i);
                    var parts = text[(i + 1)..end].Split('*');
                    bytes.AddRange(Enumerable.Repeat(ToBytes(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture)).SelectMany(static part => part));
                    i = end;
                    break;
                default:
                    throw new FormatException($"\\{text[i]} stands for nothing: {text}");
            }
        }

        return [.. bytes];
    }

    /// <summary>Bytes as a line that can be read: what is no UTF-8 or cannot be printed in hexadecimal digits.</summary>
    public static string ToLine(ReadOnlySpan<byte> bytes)
    {
        var line = new StringBuilder();

        while (bytes.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);

            if (status != System.Buffers.OperationStatus.Done || Rune.IsControl(rune))
            {
                line.Append(rune.Value == 0x1e && length == 1 ? "\\e" : string.Concat(bytes[..length].ToArray().Select(static value => $"\\x{value:x2}")));
            }
            else
            {
                line.Append(rune.ToString());
            }

            bytes = bytes[length..];
        }

        return line.Length <= 400 ? line.ToString() : $"{line.ToString(0, 100)}… ({line.Length} characters)";
    }
}
