using Microsoft.Extensions.Options;
using Salon.Http;

namespace Salon.EngineIO;

/// <summary>Says everything that is wrong with the options at once.</summary>
internal static class EngineIOOptionsValidator
{
    public static IEnumerable<string> Validate(EngineIOOptions options)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(options.PingInterval), options.PingInterval),
            (nameof(options.PingTimeout), options.PingTimeout),
            (nameof(options.UpgradeTimeout), options.UpgradeTimeout),
            (nameof(options.FirstRequestTimeout), options.FirstRequestTimeout),
            (nameof(options.UploadTimeout), options.UploadTimeout),
        })
        {
            // Clients count in milliseconds, and the timers of .NET end at 49 days.
            if (value < TimeSpan.FromMilliseconds(1) || value > TimeSpan.FromDays(45))
            {
                yield return $"{name} must be between 1 millisecond and 45 days, but is {value}.";
            }
        }

        foreach (var (name, value) in new[]
        {
            (nameof(options.MaxHttpBufferSize), options.MaxHttpBufferSize),
            (nameof(options.MaxBodyBytes), options.MaxBodyBytes),
            (nameof(options.MaxConnections), options.MaxConnections),
            (nameof(options.MaxConnectionsPerAddress), options.MaxConnectionsPerAddress),
        })
        {
            if (value < 1)
            {
                yield return $"{name} must be positive, but is {value}.";
            }
        }

        if (options.MaxHandshakeHeaderBytes < 0)
        {
            yield return $"{nameof(options.MaxHandshakeHeaderBytes)} must not be negative, but is {options.MaxHandshakeHeaderBytes}.";
        }

        if (options.MaxSendQueueBytes < 1)
        {
            yield return $"{nameof(options.MaxSendQueueBytes)} must be positive, but is {options.MaxSendQueueBytes}.";
        }

        if (options.HttpCompressionThreshold < 0)
        {
            yield return $"{nameof(options.HttpCompressionThreshold)} must not be negative, but is {options.HttpCompressionThreshold}.";
        }

        if (options.PerMessageDeflateThreshold < 0)
        {
            yield return $"{nameof(options.PerMessageDeflateThreshold)} must not be negative, but is {options.PerMessageDeflateThreshold}.";
        }

        if (options.Transports is EngineTransport.None or > (EngineTransport.Polling | EngineTransport.WebSocket))
        {
            yield return $"{nameof(options.Transports)} must name at least one known transport, but is {options.Transports}.";
        }

        foreach (var host in options.AllowedHosts)
        {
            if (!HostRules.IsRule(host))
            {
                yield return $"{nameof(options.AllowedHosts)} must have names such as example.com, *.example.com or *, without a port, but has \"{host}\".";
            }
        }

        if (options.Cors is { AllowAnyOrigin: true, SupportsCredentials: true })
        {
            yield return $"{nameof(options.Cors)} cannot allow any origin and credentials as well: every page could speak for its visitor.";
        }

        if (options.Cookie is { Name: null or "" })
        {
            yield return $"{nameof(options.Cookie)} must have a name.";
        }
    }

    public static void ThrowIfInvalid(EngineIOOptions options)
    {
        var failures = Validate(options).ToList();

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(EngineIOOptions), options.GetType(), failures);
        }
    }
}
