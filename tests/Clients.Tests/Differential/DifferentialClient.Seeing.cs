using System.Text;
using System.Text.RegularExpressions;

namespace Salon.Clients.Tests.Differential;

/// <summary>What is written down of answers.</summary>
internal sealed partial class DifferentialClient
{
    private static readonly string[] s_headers = ["allow", "cache-control", "content-encoding", "content-type", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol", "set-cookie", "upgrade", "vary"];

    [GeneratedRegex("(\"sid\":\"(?:/[^\"#]*#)?)[^\"]+")]
    private static partial Regex IdInJson { get; }

    [GeneratedRegex("^io=[^;]+")]
    private static partial Regex IdInCookie { get; }

    [GeneratedRegex("^(42)([0-9]+)(\\[\"question\".*)$")]
    private static partial Regex QuestionNumber { get; }

    private void See(Wire.Response? response)
    {
        if (response is null)
        {
            seen.Add("hung up");
            return;
        }

        var body = Encoding.Latin1.GetString(response.Body);

        if (Regex.Match(body, "\\\\?\"sid\\\\?\":\\\\?\"([^\"\\\\/]+)") is { Success: true } sid && body.Contains("upgrades", StringComparison.Ordinal))
        {
            _sid = sid.Groups[1].Value;
        }

        seen.Add($"{response.Status}");
        seen.AddRange(Join(response.Headers)
            .Where(header => header.Name != "cache-control" || response.Status == 200)
            .Where(static header => s_headers.Contains(header.Name) || header.Name.StartsWith("access-control", StringComparison.Ordinal))
            .Select(static header => $"{header.Name}: {IdInCookie.Replace(Spell(header.Name, header.Value), "io=<id>")}")
            .Order(StringComparer.Ordinal));
        var line = response.Headers.Any(static header => header.Name == "content-encoding") ? "(compressed)" : DifferentialCase.ToLine(response.Body);
        seen.Add($"= {Clean(line)}".TrimEnd());
    }

    private void See(Wire.Frame? frame)
    {
        if (frame is { FirstByte: 0x81 } && QuestionNumber.Match(Encoding.UTF8.GetString(frame.Payload)) is { Success: true } question)
        {
            // Questions are numbered by all clients of a server together.
            _ack = question.Groups[2].Value;
            seen.Add("< " + QuestionNumber.Replace(Encoding.UTF8.GetString(frame.Payload), "$1<n>$3"));
            return;
        }

        if (frame is { FirstByte: 0x81 } && Regex.Match(Encoding.UTF8.GetString(frame.Payload), "^0\\{\"sid\":\"([^\"]+)") is { Success: true } sid)
        {
            _sid = sid.Groups[1].Value;
        }

        seen.Add(frame switch
        {
            null => "< end",
            { FirstByte: 0x81 } => $"< {Clean(DifferentialCase.ToLine(frame.Payload))}",
            { FirstByte: 0x82 } => $"< binary {Convert.ToHexStringLower(frame.Payload)}",
            { FirstByte: 0x88, Payload: [var high, var low, .. var reason] } => $"< close {(high << 8) | low} {Encoding.UTF8.GetString(reason)}".TrimEnd(),
            { FirstByte: 0x88 } => "< close",
            { FirstByte: 0x8a } => $"< pong {DifferentialCase.ToLine(frame.Payload)}",
            _ => $"< frame {frame.FirstByte:x2} {Convert.ToHexStringLower(frame.Payload)}",
        });
    }

    /// <summary>Several <c>Vary</c> mean the same as one.</summary>
    private static IEnumerable<(string Name, string Value)> Join(IReadOnlyList<(string Name, string Value)> headers)
    {
        var vary = headers.Where(static header => header.Name == "vary").SelectMany(static header => header.Value.Split(',', StringSplitOptions.TrimEntries)).Order(StringComparer.OrdinalIgnoreCase).ToList();
        return headers.Where(static header => header.Name != "vary").Concat(vary.Count == 0 ? [] : [("vary", string.Join(',', vary))]);
    }

    /// <summary>Values that mean the same are the same: the case of types and tokens, the order of a cookie's attributes, blanks in lists.</summary>
    private static string Spell(string name, string value) => name switch
    {
        "set-cookie" => string.Join("; ", value.Split("; ").Take(1).Concat(value.ToLowerInvariant().Split("; ").Skip(1).Order(StringComparer.Ordinal))),
        "content-type" or "upgrade" => value.ToLowerInvariant(),
        _ => value.Replace(", ", ",", StringComparison.Ordinal),
    };

    private string Clean(string text)
    {
        text = IdInJson.Replace(text, "$1<id>");
        text = Regex.Replace(text, @"(\\""sid\\"":\\"")[^""\\]+", "$1<id>");
        return _sid == "none" ? text : text.Replace(_sid, "<id>", StringComparison.Ordinal);
    }
}
