using System.Globalization;

/// <summary>Where a sample listens: what PORT says, 3000 by default.</summary>
internal static class Port
{
    public static int Of(IConfiguration configuration)
    {
        var value = configuration["PORT"];

        if (string.IsNullOrEmpty(value))
        {
            return 3000;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
        {
            return port;
        }

        Console.Error.WriteLine("PORT must be a number from 1 to 65535.");
        Environment.Exit(1);
        return 0;
    }
}
