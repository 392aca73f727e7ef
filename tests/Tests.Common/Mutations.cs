using System.Text;

namespace Salon.Tests;

/// <summary>Makes of messages that are right some that are not: always the same ones.</summary>
public sealed class Mutations(int seed)
{
    /// <summary>What stands where something else is expected: texts that are none, numbers beyond all, other types, what is deep or much.</summary>
    private static readonly string[] Values =
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"x\\ud800\"", "[\"\\ud800\"]", "{\"\\ud800\":1}", "\"\"", "\"\\u0000\"", "null", "true", "[]", "{}", "[[]]",
        "-1", "0", "1.5", "1e400", "-0", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999999999",
        new string('[', 70) + new string(']', 70), new string('[', 1100) + new string(']', 1100), new string('[', 5000),
        $"[{string.Join(',', Enumerable.Repeat("\"r\"", 2000))}]", $"\"{new string('x', 3000)}\"", "{\"_placeholder\":true,\"num\":99}", "{\"_placeholder\":true,\"num\":\"x\"}",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Replaces, removes or repeats values of JSON, or single bytes of it.</summary>
    public byte[] MutateJson(string json)
    {
        var text = json;

        for (var i = _random.Next(1, 3); i > 0; i--)
        {
            text = _random.Next(3) > 0 ? ReplaceValue(text) : text;
        }

        return text == json || _random.Next(4) == 0 ? MutateBytes(Encoding.UTF8.GetBytes(text)) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Changes, adds, removes or repeats bytes.</summary>
    public byte[] MutateBytes(byte[] seed)
    {
        var bytes = seed.ToList();

        for (var i = _random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = _random.Next(bytes.Count);

            switch (_random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;

                case 1:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;

                case 2:
                    bytes.RemoveRange(at, Math.Min(_random.Next(1, 8), bytes.Count - at));
                    break;

                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(1, 32), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private string ReplaceValue(string json)
    {
        // Values and names begin after one of these.
        var starts = Enumerable.Range(0, json.Length - 1).Where(i => json[i] is ':' or ',' or '[').ToArray();

        if (starts.Length == 0)
        {
            return json;
        }

        var start = starts[_random.Next(starts.Length)] + 1;
        var end = json.IndexOfAny([',', '}', ']'], start);
        var value = Values[_random.Next(Values.Length)];
        return end < 0 ? json : string.Concat(json.AsSpan(0, start), value, json.AsSpan(end));
    }
}
