using Salon.Clients.Tests.Typed;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>TypeScript that is written from contracts: the compiler accepts what the server does, and nothing else.</summary>
public class TypedTests
{
    private static readonly string s_javaScript = Path.Combine(Repository.Root, "tests/Clients.Tests/javascript");

    [Fact]
    public async Task A_client_in_TypeScript_is_checked_against_the_contract_and_works()
    {
        await WriteTypesAsync(typeof(OrderNamespace).Assembly.Location, Path.Combine(s_javaScript, "generated/contracts.ts"));
        await ExternalProgram.RunAsync("npx", ["--no-install", "tsc", "--project", "."], s_javaScript);
        await using var server = await TestServer.StartAsync(
            app => app.MapSocketIO(),
            services => services.AddSocketIO().AddNamespace<OrderNamespace>("/orders"));
        server.Logs.Expect("place");

        await ExternalProgram.RunAsync("node", ["generated/out/typed.js", server.Uri.ToString().TrimEnd('/')], s_javaScript);
    }

    [Theory]
    [InlineData("nowhere.dll", "nowhere.dll")]
    [InlineData("Salon.EngineIO.dll", "has no class that derives from SocketNamespace")]
    [InlineData("Clients.Tests.deps.json", "Bad")]
    public async Task What_cannot_be_read_is_one_line(string assembly, string message)
    {
        using var directory = new TemporaryFile();

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => WriteTypesAsync(Path.Combine(AppContext.BaseDirectory, assembly), directory.Path));

        Assert.Contains("ended with 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.Path));
    }

    private static Task WriteTypesAsync(string assembly, string output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tool = Path.Combine(Repository.Root, "tools/ContractTypes/bin", configuration, "net10.0/ContractTypes.dll");

        return ExternalProgram.RunAsync("dotnet", [tool, assembly, output], Repository.Root);
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Guid.NewGuid():N}.ts");

        public void Dispose() => File.Delete(Path);
    }
}
