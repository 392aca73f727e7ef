using Xunit;

namespace Salon.Tests;

/// <summary>The versions of <c>python-socketio</c> that the tests drive: this Debian's own, and those of newer ones, which <c>test.sh</c> puts beside it.</summary>
public static class PythonSocketIO
{
    /// <summary>Where this Debian has its packages.</summary>
    public const string Installed = "/usr/lib/python3/dist-packages";

    /// <summary>Where a version is, for <c>sys.path</c>; empty for this Debian's own. Fails or skips the test where it is missing.</summary>
    /// <param name="debian"><c>bookworm</c>, whose 5.7.2 is this Debian's own; <c>trixie</c>, with 5.12.1; or <c>sid</c>, with the newest.</param>
    /// <param name="packages">What else of Python it needs.</param>
    public static string Find(string debian, params IReadOnlyList<string> packages)
    {
        foreach (var package in (IEnumerable<string>)["socketio", .. packages])
        {
            ExternalProgram.Require($"{Installed}/{package}/__init__.py", $"apt-get install python3-{package}");
        }

        if (debian == "bookworm")
        {
            return "";
        }

        var folder = Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/obj/python", debian);
        const string Install = "./eng/python-socketio.sh tests/Salon.SocketIO.Redis.Tests/obj/python";

        // What sid has changes, and may need a newer Python one day: its absence is no failure.
        Assert.SkipWhen(debian == "sid" && !Directory.Exists(folder), $"{folder} is missing: {Install}");
        ExternalProgram.Require(folder, Install);
        return folder;
    }
}
