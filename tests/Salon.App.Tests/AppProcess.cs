using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The app as a process of its own, which can be killed. Disposing kills it.</summary>
internal sealed partial class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What the process wrote to its error stream.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    /// <summary>What the process wrote to its output stream.</summary>
    public IReadOnlyList<string> Output => Copy(_output);

    /// <summary>Starts the app with settings, listening on any free port unless they say otherwise.</summary>
    public static AppProcess Start(params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Salon.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment = { ["HOST"] = "127.0.0.1", ["PORT"] = "0" },
        };

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new AppProcess(new Process { StartInfo = start });
    }

    /// <summary>The address, once the app listens.</summary>
    public Task<Uri> ListeningAsync() => _listening.Task.Soon();

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().Soon();
        return _process.ExitCode;
    }

    /// <summary>Ends the process as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Asks the process to end, as a service manager would.</summary>
    public void Terminate() =>
        Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void OnOutput(string? line)
    {
        Add(_output, line);

        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    private static void Add(List<string> lines, string? line)
    {
        lock (lines)
        {
            if (line is not null)
            {
                lines.Add(line);
            }
        }
    }

    private static List<string> Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}
