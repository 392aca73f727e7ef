using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Salon.Supervision;

namespace Salon.App.Hosting;

/// <summary>
/// Makes the loggers of the whole program, those of ASP.NET Core too: whatever is logged, and wherever it goes, what strangers wrote in it can only be
/// read.
/// </summary>
internal sealed class SafeLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public static void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(static provider => new SafeLoggerFactory(new LoggerFactory(
        provider.GetServices<ILoggerProvider>(),
        provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
        provider.GetService<IOptions<LoggerFactoryOptions>>(),
        provider.GetService<IExternalScopeProvider>()))));

    public ILogger CreateLogger(string categoryName) => SafeLogger.Create(inner, categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();
}
