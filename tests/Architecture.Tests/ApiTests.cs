using System.Reflection;
using Salon.Tests;

namespace Salon.Architecture.Tests;

/// <summary>
/// The public surface of each library is written down in <c>api/</c>, so that a change of it is seen in review.
/// To accept one: <c>UPDATE_API=1 dotnet test tests/Architecture.Tests</c>.
/// </summary>
public class ApiTests
{
    public static TheoryData<string> Libraries =>
    [
        "Salon.EngineIO.Protocol",
        "Salon.EngineIO",
        "Salon.SocketIO.Protocol",
        "Salon.SocketIO",
        "Salon.SocketIO.MessagePack",
        "Salon.SocketIO.Admin",
        "Salon.Redis",
        "Salon.SocketIO.Redis",
    ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_one_that_was_reviewed(string library)
    {
        var actual = string.Join('\n', ApiDescription.Of(Assembly.Load(library))) + "\n";
        var path = Path.Combine(Repository.Root, "api", $"{library}.txt");

        if (Environment.GetEnvironmentVariable("UPDATE_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }
}
