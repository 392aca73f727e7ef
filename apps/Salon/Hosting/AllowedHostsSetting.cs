using Salon.EngineIO;
using Salon.Http;

namespace Salon.App.Hosting;

/// <summary>
/// The setting <c>ALLOWED_HOSTS</c>, and what it does: requests for other hosts are refused, pages and all. Otherwise any site could give its own name
/// the address of a Salon on its visitor's machine, and use it as its own (DNS rebinding).
/// </summary>
internal static class AllowedHostsSetting
{
    /// <summary>Reads names, with commas, semicolons or blanks between them.</summary>
    /// <exception cref="SettingsException">Something is no name.</exception>
    public static IReadOnlyList<string> Read(string? value)
    {
        var names = (value ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        if (!string.IsNullOrEmpty(value) && names.Length == 0)
        {
            throw Wrong(value);
        }

        return Array.Find(names, static name => !HostRules.IsRule(name)) is { } wrong ? throw Wrong(wrong) : names;
    }

    /// <summary>Lets the library know them.</summary>
    public static void AddTo(this AppSettings settings, EngineIOOptions options)
    {
        foreach (var name in settings.AllowedHosts)
        {
            options.AllowedHosts.Add(name);
        }
    }

    /// <summary>Refuses requests for other hosts, whatever they are for; only who asks for the app's health may come by any name.</summary>
    public static void UseAllowedHosts(this WebApplication app, AppSettings settings)
    {
        var rules = new HostRules(settings.AllowedHosts, app.Services.GetService<Microsoft.AspNetCore.Hosting.Server.IServer>);

        app.Use((context, next) => rules.IsAllowed(context.Request) || context.Request.Path.StartsWithSegments("/healthz")
            ? next(context)
            : Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "foreign_host", "This server does not answer to that name: ALLOWED_HOSTS has those it answers to."));
    }

    private static SettingsException Wrong(string name) =>
        new($"ALLOWED_HOSTS must list names such as chat.example.com, *.example.com or *, without ports, with commas between them, but has {Setting.Show(name)}.");
}
