using System.Text.Json;

namespace Salon.Clients.Tests.Matrix;

/// <summary>What one check of one client over one transport has shown; the programs of the clients write one such line of JSON for each.</summary>
/// <param name="Transport">Over what.</param>
/// <param name="Check">What was checked.</param>
/// <param name="Result"><c>yes</c>, <c>no</c>, or <c>cannot</c>: the client has no such thing.</param>
/// <param name="Reason">Why not.</param>
internal sealed record ClientResult(string Transport, string Check, string Result, string? Reason = null)
{
    /// <summary>What is checked with every client.</summary>
    public static readonly IReadOnlyList<string> Checks =
    [
        "connect",
        "auth payload",
        "custom namespace",
        "connect error",
        "event",
        "event with several arguments",
        "binary both ways",
        "nested binary",
        "ack from the server",
        "ack from the client",
        "ack with binary",
        "broadcast to a room",
        "leaving a namespace",
        "server disconnect",
        "reconnection after a restart",
        "a large message",
        "unicode",
        "order of 100 events",
        "traffic during the upgrade",
    ];

    /// <summary>Over what.</summary>
    public static readonly IReadOnlyList<string> Transports = ["polling", "websocket", "upgrade"];

    /// <summary>What is checked over one transport: there is something to see during the upgrade where there is one.</summary>
    public static IEnumerable<string> ChecksOver(string transport) => Checks.Where(check => check != "traffic during the upgrade" || transport == "upgrade");

    /// <summary>Reads what a program wrote.</summary>
    public static IReadOnlyList<ClientResult> Parse(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ClientResult>(line, JsonSerializerOptions.Web)!)];

    /// <summary>Fails when a check has failed, or is missing over one transport.</summary>
    public static void RequireAll(IReadOnlyList<ClientResult> results)
    {
        var failed = results.Where(result => result.Result is not ("yes" or "cannot")).ToList();
        Assert.True(failed.Count == 0, string.Join("\n", failed));

        var expected = Transports.SelectMany(transport => ChecksOver(transport).Select(check => $"{transport}: {check}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), results.Select(result => $"{result.Transport}: {result.Check}").Order(StringComparer.Ordinal));
    }
}
