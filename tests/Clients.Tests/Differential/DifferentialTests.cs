using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.Clients.Tests.Differential;

/// <summary>
/// Every input of <c>cases.txt</c> is sent to the reference and to Salon in the same run, and what can be seen of the answers is compared.
/// A difference that is not written down fails, and so does one that is written down and is not there any more.
/// </summary>
public partial class DifferentialTests(DifferentialTests.Run run) : IClassFixture<DifferentialTests.Run>
{
    private const int Concurrency = 16;

    private static readonly IReadOnlyList<DifferentialCase> s_cases =
        DifferentialCase.ReadAll(Path.Combine(Repository.Root, "tests/Clients.Tests/Differential/cases.txt"));

    private static readonly HashSet<string> s_rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs/protocol/differences.md"))
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => CellEnd.Split(line)[0][2..].Trim()),
    ];

    public static TheoryData<string> Names => [.. s_cases.Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reference_and_Salon_differ_in_what_is_written_down_and_in_nothing_else(string name)
    {
        var one = s_cases.Single(one => one.Name == name);
        var (reference, ours) = run.Outcomes[name];
        var differences = Compare(reference, ours);

        Assert.True(
            differences.SequenceEqual(one.Differences),
            $"""
            {name}, written down:
            {string.Join('\n', one.Differences)}
            but what differs is:
            {string.Join('\n', differences)}
            The reference:
            {string.Join('\n', reference)}
            Salon:
            {string.Join('\n', ours)}
            """);
    }

    [Fact]
    public void What_differs_names_a_row_of_the_document_that_says_why()
    {
        Assert.All(s_cases, static one => Assert.Equal(one.Differences.Count > 0, one.Rows.Count > 0));
        Assert.Empty(s_cases.SelectMany(static one => one.Rows).Where(static row => !s_rows.Contains(row)).Distinct());
    }

    [Fact]
    public void There_are_at_least_two_hundred_cases_and_no_name_twice()
    {
        Assert.True(s_cases.Count >= 200, $"There are {s_cases.Count}.");
        Assert.Equal(s_cases.Count, s_cases.DistinctBy(static one => one.Name).Count());
    }

    [GeneratedRegex(@"(?<!\\) \|")]
    private static partial Regex CellEnd { get; }

    /// <summary>The lines that only one of both has, in order: those of a longest common subsequence are left out.</summary>
    private static List<string> Compare(IReadOnlyList<string> reference, IReadOnlyList<string> ours)
    {
        var common = new int[reference.Count + 1, ours.Count + 1];

        for (var i = reference.Count - 1; i >= 0; i--)
        {
            for (var j = ours.Count - 1; j >= 0; j--)
            {
                common[i, j] = reference[i] == ours[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var differences = new List<string>();

        for (int i = 0, j = 0; i < reference.Count || j < ours.Count;)
        {
            if (i < reference.Count && j < ours.Count && reference[i] == ours[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (i < reference.Count && (j == ours.Count || common[i + 1, j] >= common[i, j + 1]))
            {
                differences.Add("- " + reference[i++]);
            }
            else
            {
                differences.Add("+ " + ours[j++]);
            }
        }

        return differences;
    }

    /// <summary>All cases, once, some at a time.</summary>
    public sealed class Run : IAsyncLifetime
    {
        internal ConcurrentDictionary<string, (IReadOnlyList<string> Reference, IReadOnlyList<string> Ours)> Outcomes { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await using var servers = await DifferentialServers.StartAsync();

            await Parallel.ForEachAsync(s_cases, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (one, _) =>
            {
                var both = await Task.WhenAll(ObserveAsync(servers.Reference(one.Form), one.Steps), ObserveAsync(servers.Ours(one.Form), one.Steps));
                Outcomes[one.Name] = (both[0], both[1]);
            });

            // For whoever changes many cases: what differs, in the form of the file.
            if (Environment.GetEnvironmentVariable("SALON_DIFFERENCES") is { Length: > 0 } path)
            {
                await File.WriteAllLinesAsync(path, s_cases.SelectMany(one => new[] { "= " + one.Name }.Concat(Compare(Outcomes[one.Name].Reference, Outcomes[one.Name].Ours).Select(static line => "  " + line))));
            }
        }

        public ValueTask DisposeAsync() => default;

        private static async Task<IReadOnlyList<string>> ObserveAsync(Uri server, IReadOnlyList<string> steps)
        {
            var seen = new List<string>();
            var clients = new Dictionary<string, DifferentialClient>();
            var client = clients["@a"] = new DifferentialClient(server, seen);

            try
            {
                foreach (var step in steps)
                {
                    if (step.StartsWith('@'))
                    {
                        seen.Add(step);
                        client = clients.TryGetValue(step, out var known) ? known : clients[step] = new DifferentialClient(server, seen);
                        continue;
                    }

                    await client.DoAsync(step);
                }
            }
            catch (TimeoutException)
            {
                seen.Add("silence");
            }
            catch (InvalidOperationException error)
            {
                seen.Add(error.Message);
            }
            finally
            {
                foreach (var each in clients.Values)
                {
                    each.Dispose();
                }
            }

            return seen;
        }
    }
}
