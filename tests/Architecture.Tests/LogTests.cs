using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.Architecture.Tests;

/// <summary>What SECURITY.md says of logs: a library has no logger but one that makes the text of strangers safe, and the app has none either.</summary>
public partial class LogTests
{
    [Fact]
    public void Every_logger_of_the_libraries_makes_the_text_of_strangers_safe()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
            .ToDictionary(static file => file, static file => Comments().Replace(File.ReadAllText(file), ""));

        Assert.Equal(["SafeLogger.cs"], sources.Where(static source => Creation().IsMatch(source.Value)).Select(static source => Path.GetFileName(source.Key)));

        // ILogger<T> of a container is made by the container.
        Assert.Empty(sources.Where(static source => Injection().IsMatch(source.Value)).Select(static source => Path.GetFileName(source.Key)));
    }

    [GeneratedRegex(@"\.CreateLogger\b|NullLogger\.Instance")]
    private static partial Regex Creation();

    [GeneratedRegex(@"\bILogger<")]
    private static partial Regex Injection();

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();
}
