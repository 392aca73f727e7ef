using System.Diagnostics;
using Xunit;

namespace Salon.Tests;

/// <summary>Programs that the tests drive and that are not .NET's: missing ones fail in CI, and elsewhere skip the test with what to install.</summary>
public static class ExternalProgram
{
    /// <summary>Chromium, as Debian installs it.</summary>
    public const string Chromium = "/usr/bin/chromium";

    /// <summary>Fails or skips the test when a file or a directory is missing.</summary>
    public static void Require(string path, string install)
    {
        if (Path.Exists(path))
        {
            return;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, $"{path} is missing: {install}");
        Assert.Fail($"{path} is missing: {install}");
    }

    /// <summary>Runs a program to its end and fails the test when it fails, with what it said.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="environment">Its environment, besides that of the tests.</param>
    /// <returns>What it wrote to its output stream.</returns>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        params IEnumerable<(string Name, string Value)> environment)
    {
        var (exitCode, output, errors) = await RunToEndAsync(program, arguments, workingDirectory, environment);

        Assert.True(exitCode == 0, $"{program} ended with {exitCode}:\n{output}{errors}");
        return output;
    }

    /// <summary>Runs a program to its end and fails the test when it does not fail.</summary>
    /// <inheritdoc cref="RunAsync"/>
    /// <returns>What it wrote to its output and error streams.</returns>
    public static async Task<string> FailAsync(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        params IEnumerable<(string Name, string Value)> environment)
    {
        var (exitCode, output, errors) = await RunToEndAsync(program, arguments, workingDirectory, environment);

        Assert.True(exitCode != 0, $"{program} did not fail:\n{output}{errors}");
        return output + errors;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

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

        return (process.ExitCode, await output, await errors);
    }
}
