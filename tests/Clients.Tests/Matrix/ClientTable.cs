using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary>The table of <c>docs/protocol/clients.md</c>: a column for each client, a row for each check, and below it why a client cannot do one.</summary>
internal sealed class ClientTable
{
    /// <summary>Written into the document instead of compared with it when this is in the environment.</summary>
    public const string RewriteVariable = "SALON_WRITE_CLIENTS";

    private const string Transports = "transports";

    private static readonly string File = Path.Combine(Repository.Root, "docs/protocol/clients.md");

    private readonly List<string> _clients = [];
    private readonly Dictionary<(string Client, string Row), string> _cells = [];
    private readonly List<string> _reasons = [];
    private readonly List<string> _before = [];
    private readonly List<string> _after = [];

    private ClientTable(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.StartsWith("| ", StringComparison.Ordinal))
            {
                AddRow(line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
            }
            else if (line.StartsWith("* **", StringComparison.Ordinal))
            {
                _reasons.Add(line);
            }
            else if (!line.StartsWith("|--", StringComparison.Ordinal))
            {
                (_clients.Count == 0 ? _before : _after).Add(line);
            }
        }
    }

    public IReadOnlyList<string> Clients => _clients;

    public static ClientTable Read() => new(System.IO.File.ReadAllLines(File));

    /// <summary>What the document says of one client, a line for each row.</summary>
    public IReadOnlyList<string> Column(string client) =>
    [
        .. Rows.Select(row => $"{row}: {_cells.GetValueOrDefault((client, row), "missing")}"),
        .. _reasons.Where(reason => reason.StartsWith(Reason(client), StringComparison.Ordinal)),
    ];

    /// <summary>Puts what was measured in the place of what the document said of this client.</summary>
    public void Set(string client, IReadOnlyList<ClientResult> results)
    {
        if (!_clients.Contains(client))
        {
            _clients.Add(client);
        }

        _cells[(client, Transports)] = string.Join(", ", results.Select(result => result.Transport).Distinct());
        _reasons.RemoveAll(reason => reason.StartsWith(Reason(client), StringComparison.Ordinal));

        foreach (var check in ClientResult.Checks)
        {
            var reason = results.FirstOrDefault(result => result.Check == check && result.Result == "cannot")?.Reason;
            _cells[(client, check)] = reason is null ? "yes" : "–";

            if (reason is not null)
            {
                _reasons.Add($"{Reason(client)}{check}: {reason}.");
            }
        }
    }

    /// <summary>Writes the document, with its columns in this order.</summary>
    public void Write(IEnumerable<string> order)
    {
        var clients = order.Where(_clients.Contains).ToList();
        IEnumerable<string> table =
        [
            $"| check | {string.Join(" | ", clients)} |",
            $"|---|{string.Concat(clients.Select(_ => "---|"))}",
            .. Rows.Select(row => $"| {row} | {string.Join(" | ", clients.Select(client => _cells.GetValueOrDefault((client, row), "")))} |"),
        ];

        System.IO.File.WriteAllLines(File, [.. _before, .. table, .. Trimmed(_after), .. clients.SelectMany(client => _reasons.Where(reason => reason.StartsWith(Reason(client), StringComparison.Ordinal)))]);
    }

    private static IEnumerable<string> Rows => [Transports, .. ClientResult.Checks];

    private static string Reason(string client) => $"* **{client}**, ";

    private static IEnumerable<string> Trimmed(List<string> lines) => lines.Take(lines.FindLastIndex(line => line.Length > 0) + 1).Append("");

    private void AddRow(string[] cells)
    {
        if (_clients.Count == 0)
        {
            _clients.AddRange(cells[1..]);
            return;
        }

        for (var i = 1; i < cells.Length; i++)
        {
            _cells[(_clients[i - 1], cells[0])] = cells[i];
        }
    }
}
