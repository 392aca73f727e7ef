using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Salon.Tests;

/// <summary>A program of ours as a process of its own, which can be killed. Disposing kills it.</summary>
public sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
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

    /// <summary>Starts a program.</summary>
    /// <param name="assembly">The path of its assembly.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="settings">Its environment, besides that of the tests.</param>
    public static ServerProcess Start(string assembly, string workingDirectory, params IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", [assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(new Process { StartInfo = start });
    }

    /// <summary>The address, once the program says that it listens.</summary>
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
    public void Terminate() => Signal("-TERM");

    /// <summary>Lets the process open a few more descriptors than it has now, and no more.</summary>
    public void LimitDescriptors(int more)
    {
        Process.Start("prlimit", ["--pid", Id, $"--nofile={Descriptors + more}"]).WaitForExit();
    }

    /// <summary>How many descriptors the process has open.</summary>
    public int Descriptors => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>How much processor time the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Stops the process without ending it: connections stay, and nothing comes.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets a frozen process go on.</summary>
    public void Thaw() => Signal("-CONT");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Signal(string signal) => Process.Start("kill", [signal, Id]).WaitForExit();

    private string Id => _process.Id.ToString(CultureInfo.InvariantCulture);

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
