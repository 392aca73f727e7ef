namespace Salon.App.Hosting;

/// <summary>Serves the pages and their scripts, which the build embedded into the program.</summary>
internal static class Assets
{
    private const string Prefix = "client/";

    public static void MapAssets(this IEndpointRouteBuilder endpoints)
    {
        var names = typeof(Assets).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(static name => name[Prefix.Length..])
            .ToHashSet(StringComparer.Ordinal);

        foreach (var name in names.Where(name => !IsTwin(name, names)))
        {
            var asset = new Asset(name, Read);
            endpoints.MapRead(ToRoute(name), asset.ServeAsync).WithDisplayName($"Asset {name}");
        }
    }

    /// <summary>Whether a file is the compressed form of another.</summary>
    private static bool IsTwin(string name, HashSet<string> names) =>
        Path.GetExtension(name) is ".br" or ".gz" && names.Contains(name[..^3]);

    /// <summary>Pages are served without their extension: <c>chat.html</c> at <c>/chat</c>.</summary>
    private static string ToRoute(string name) => name switch
    {
        "index.html" => "/",
        _ when name.EndsWith(".html", StringComparison.Ordinal) => "/" + name[..^".html".Length],
        _ => "/" + name,
    };

    private static byte[]? Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(Prefix + name);

        if (stream is null)
        {
            return null;
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
