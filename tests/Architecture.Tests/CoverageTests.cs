using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.Architecture.Tests;

/// <summary>docs/protocol/coverage.md names tests: they must be there.</summary>
public partial class CoverageTests
{
    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(static file => (Class: Path.GetFileNameWithoutExtension(file), Source: File.ReadAllText(file)))
            .ToLookup(static file => file.Class, static file => file.Source);
        var named = NamedTest().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/protocol/coverage.md")));

        Assert.NotEmpty(named);
        Assert.All(named, match => Assert.Contains(
            tests[match.Groups["class"].Value],
            source => source.Contains($" {match.Groups["test"].Value}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+)`")]
    private static partial Regex NamedTest();
}
