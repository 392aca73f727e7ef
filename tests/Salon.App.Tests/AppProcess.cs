using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Starts the app as a process of its own.</summary>
internal static class AppProcess
{
    /// <summary>Starts the app with settings, listening on any free port unless they say otherwise.</summary>
    public static ServerProcess Start(params (string Name, string Value)[] settings) =>
        ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, "Salon.dll"), Path.GetTempPath(), [("HOST", "127.0.0.1"), ("PORT", "0"), .. settings]);
}
