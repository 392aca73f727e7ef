using System.Diagnostics;
using System.Text.Json;
using Salon.Drills.Clients;
using Salon.Drills.Cluster;

namespace Salon.Drills.Checks;

/// <summary>
/// Asks every node who is in each room, by an observer that joins there: all must say the same, and it must be those who are there. Then the
/// observers leave, all but one, and everybody must hear of it.
/// </summary>
internal sealed class PresenceCheck(DrillCluster cluster, IReadOnlyList<DrillClient> clients, IReadOnlyList<string> rooms)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<string> _violations = [];
    private int _questions;

    public async Task<CheckResult> RunAsync()
    {
        var observers = new List<ChatSession>();

        try
        {
            foreach (var node in cluster.Nodes)
            {
                observers.Add(await ChatSession.ConnectAsync(node.Address, isPolling: false, NameOf(node), static (_, _, _) => { }));
            }

            await AgreeAsync(observers, observers.Count);

            foreach (var observer in observers.Skip(1))
            {
                observer.Leave();
            }

            await AgreeAsync(observers[..1], 1);
        }
        finally
        {
            foreach (var observer in observers)
            {
                await observer.DisposeAsync();
            }
        }

        return CheckResult.Of($"{Patience.TotalSeconds} seconds after the end all nodes name the same people in each room, and they are there", $"{_questions} answers", _violations);
    }

    private static string NameOf(DrillNode node) => $"observer-{node.Index:D3}";

    private async Task AgreeAsync(IReadOnlyList<ChatSession> asked, int observers)
    {
        var clock = Stopwatch.StartNew();
        List<string> wrong;

        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            wrong = [];

            foreach (var room in rooms)
            {
                await CompareAsync(asked, observers, room, wrong);
            }
        }
        while (wrong.Count > 0 && clock.Elapsed < Patience);

        _violations.AddRange(wrong);
    }

    private async Task CompareAsync(IReadOnlyList<ChatSession> asked, int observers, string room, List<string> wrong)
    {
        var members = clients.Where(client => client.Views.ContainsKey(room)).ToList();
        List<string> expected =
        [
            .. members.Select(static client => client.Username).Concat(cluster.Nodes.Take(observers).Select(NameOf)).Order(StringComparer.Ordinal),
        ];

        for (var i = 0; i < asked.Count; i++)
        {
            var answer = await asked[i].AskPatientlyAsync("room:join", () => new { room, since = long.MaxValue - 1 })
                ?? throw new WireException($"{room} is closed.");
            Compare($"node {i + 1}", room, expected, ReadMembers(answer), wrong);
        }

        foreach (var client in members)
        {
            Compare(client.Username, room, expected, client.GetPresence(room), wrong);
        }
    }

    private void Compare(string who, string room, List<string> expected, IReadOnlyList<string> members, List<string> wrong)
    {
        _questions++;

        if (!members.Order(StringComparer.Ordinal).SequenceEqual(expected))
        {
            var missing = string.Join(", ", expected.Except(members));
            var tooMany = string.Join(", ", members.Except(expected));
            wrong.Add($"{who} in {room}: misses [{missing}], has [{tooMany}] too many");
        }
    }

    private static string[] ReadMembers(JsonElement answer) => [.. answer.GetProperty("members").EnumerateArray().Select(static member => member.GetString()!)];
}
