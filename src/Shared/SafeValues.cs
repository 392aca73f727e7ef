using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Salon.Supervision;

/// <summary>The values of a line of a log, of which at least one had to be made safe.</summary>
internal sealed class SafeValues : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Template = "{OriginalFormat}";

    private readonly KeyValuePair<string, object?>[] _values;

    private SafeValues(KeyValuePair<string, object?>[] values) => _values = values;

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    /// <summary>Makes values safe.</summary>
    /// <returns><see langword="false"/> when they are.</returns>
    public static bool TryClean(IReadOnlyList<KeyValuePair<string, object?>> values, [NotNullWhen(true)] out SafeValues? clean)
    {
        KeyValuePair<string, object?>[]? cleaned = null;

        for (var i = 0; i < values.Count; i++)
        {
            var (name, value) = values[i];

            // The template is the program's own.
            if (name != Template && Clean(value) is { } safe)
            {
                (cleaned ??= [.. values])[i] = KeyValuePair.Create(name, (object?)safe);
            }
        }

        clean = cleaned is null ? null : new SafeValues(cleaned);
        return clean is not null;
    }

    /// <summary>Writes the values into the template, as the logger's own formatter would.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public string? Render()
    {
        if (Array.Find(_values, static pair => pair.Key == Template).Value is not string template)
        {
            return null;
        }

        var line = new StringBuilder();
        var hole = 0;

        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] is '{' or '}' && i + 1 < template.Length && template[i + 1] == template[i])
            {
                line.Append(template[i++]);
            }
            else if (template[i] == '{' && template.IndexOf('}', i) is > 0 and var end)
            {
                line.Append(Fill(template[(i + 1)..end], hole++));
                i = end;
            }
            else
            {
                line.Append(template[i]);
            }
        }

        return line.ToString();
    }

    public override string ToString() => Render() ?? string.Join(", ", _values);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <returns>A safe text for a value; <see langword="null"/> when it is safe itself.</returns>
    private static string? Clean(object? value)
    {
        if (value is null or bool or Enum or Guid or IPAddress or TimeSpan or DateTime or DateTimeOffset || value.GetType().IsPrimitive)
        {
            return null;
        }

        var text = value as string ?? Show(value);
        return SafeText.IsSafe(text) ? null : SafeText.Escape(text);
    }

    private static string Show(object value) => value is IEnumerable items
        ? string.Join(", ", items.Cast<object?>().Select(static item => Convert.ToString(item, CultureInfo.InvariantCulture)))
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private string Fill(string hole, int index)
    {
        var parts = hole.Split(':', 2);
        var name = parts[0].Split(',')[0];

        // Two holes may have one name, and then each has its own value.
        var value = index < _values.Length && _values[index].Key == name ? _values[index].Value : Array.Find(_values, pair => pair.Key == name).Value;

        return value switch
        {
            null => "(null)",
            string text => text,
            IFormattable formattable => formattable.ToString(parts.ElementAtOrDefault(1), CultureInfo.InvariantCulture),
            _ => Show(value),
        };
    }
}
