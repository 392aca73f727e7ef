using System.Globalization;
using Salon.Drills.Faults;

namespace Salon.Drills;

/// <summary>What is drilled. The defaults are the big drill.</summary>
internal sealed record DrillOptions
{
    public const string Usage =
        """
        usage: Drill [--messages 200000] [--clients 60] [--nodes 3] [--rooms 6] [--rooms-each 2] [--rate 15] [--seed n]
                     [--faults all|none|Kind,Kind] [--interval 3] [--rounds n] [--database] [--report file.md]
        """;

    private static readonly FaultKind[] OfDatabase = [FaultKind.RestartDatabase, FaultKind.CutDatabase];

    public int Messages { get; init; } = 200_000;

    public int Clients { get; init; } = 60;

    public int Nodes { get; init; } = 3;

    public int Rooms { get; init; } = 6;

    /// <summary>How many of the rooms each client is in.</summary>
    public int RoomsEach { get; init; } = 2;

    /// <summary>How many messages a second each client writes; the chat allows 20.</summary>
    public int Rate { get; init; } = 15;

    public int Seed { get; init; } = 1;

    public IReadOnlyList<FaultKind> Faults { get; init; } = WithoutDatabase;

    /// <summary>How long it takes on average until the next fault.</summary>
    public TimeSpan FaultInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often each fault comes; <see langword="null"/> for as often as it takes until the messages are sent.</summary>
    public int? Rounds { get; init; }

    /// <summary>The file that the report is written to.</summary>
    public string? Report { get; init; }

    /// <summary>Whether the connections to the database may break.</summary>
    public bool HasDatabaseFaults => Faults.Intersect(OfDatabase).Any();

    public static IReadOnlyList<FaultKind> WithoutDatabase { get; } = [.. Enum.GetValues<FaultKind>().Except(OfDatabase)];

    /// <exception cref="FormatException">They are wrong.</exception>
    public static DrillOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new DrillOptions { Seed = Random.Shared.Next(1_000_000) };
        var withDatabase = false;

        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--database")
            {
                withDatabase = true;
                continue;
            }

            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value.");
            options = options.With(arguments[i++], value);
        }

        return withDatabase ? options with { Faults = [.. options.Faults.Union(OfDatabase)] } : options;
    }

    private DrillOptions With(string name, string value) => name switch
    {
        "--messages" => this with { Messages = ParseCount(value) },
        "--clients" => this with { Clients = ParseCount(value) },
        "--nodes" => this with { Nodes = ParseCount(value) },
        "--rooms" => this with { Rooms = ParseCount(value) },
        "--rooms-each" => this with { RoomsEach = ParseCount(value) },
        "--rate" => this with { Rate = ParseCount(value) },
        "--seed" => this with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
        "--interval" => this with { FaultInterval = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture)) },
        "--rounds" => this with { Rounds = ParseCount(value) },
        "--faults" => this with { Faults = ParseFaults(value) },
        "--report" => this with { Report = value },
        _ => throw new FormatException($"There is no {name}."),
    };

    private static int ParseCount(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : throw new FormatException($"{value} is no number above 0.");

    private static IReadOnlyList<FaultKind> ParseFaults(string value) => value switch
    {
        "all" => WithoutDatabase,
        "none" => [],
        _ => [.. value.Split(',').Select(static name =>
            Enum.TryParse<FaultKind>(name, ignoreCase: true, out var kind) ? kind : throw new FormatException($"There is no fault {name}: {string.Join(", ", Enum.GetNames<FaultKind>())}."))],
    };
}
