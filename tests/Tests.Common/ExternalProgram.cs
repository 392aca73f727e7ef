using System.Diagnostics;
using Xunit;

namespace Salon.Tests;

/// <summary>Programs that the tests drive and that are not .NET's: missing ones fail in CI, and elsewhere skip the test with what to install.</summary>
public static class ExternalProgram
{
    /// <summary>Chromium, as Debian installs it.</summary>
    public const string Chromium = "/usr/bin/chromium";

    /// <summary>Fails or skips the test when a file is missing.</summary>
    public static void Require(string path, string install)
    {
        if (File.Exists(path))
        {
            return;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, $"{path} is missing: {install}");
        Assert.Fail($"{path} is missing: {install}");
    }

    /// <summary>Runs a program to its end and fails the test when it fails, with what it said.</summary>
    public static async Task RunAsync(string program, IEnumerable<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();

        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not come to an end:\n{await output}{await errors}");
        }

        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{await output}{await errors}");
    }
}
