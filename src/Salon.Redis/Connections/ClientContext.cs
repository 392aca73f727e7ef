using Microsoft.Extensions.Logging;
using Salon.Redis.Diagnostics;
using Salon.Supervision;

namespace Salon.Redis.Connections;

/// <summary>What all parts of one client share. Thread-safe.</summary>
internal sealed class ClientContext : IDisposable
{
    public ClientContext(RedisOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        Options = options;
        Time = time;
        Logger = SafeLogger.Create(loggers, "Salon.Redis");
        Guard = new Guard(Logger);
        Metrics = new RedisMetrics(time);
        Opener = new ConnectionOpener(options, time);
        Ticker = new Ticker(options, time, Guard);
        Failures = new FailureLog(Logger, time);
        CommandTimeout = ToTicks(options.CommandTimeout);
    }

    public RedisOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>Tells of tasks that nobody awaits.</summary>
    public Guard Guard { get; }

    public RedisMetrics Metrics { get; }

    public ConnectionOpener Opener { get; }

    public Ticker Ticker { get; }

    public FailureLog Failures { get; }

    /// <summary>In ticks of the clock.</summary>
    public long CommandTimeout { get; }

    /// <summary>Who the client is to the servers of Redis themselves.</summary>
    public Credentials Credentials => new(Options.User, Options.Password, Options.Database);

    /// <summary>Who it is to the sentinels.</summary>
    public Credentials SentinelCredentials => new(Options.SentinelUser, Options.SentinelPassword);

    public long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    public void Dispose()
    {
        Ticker.Dispose();
        Metrics.Dispose();
    }
}
