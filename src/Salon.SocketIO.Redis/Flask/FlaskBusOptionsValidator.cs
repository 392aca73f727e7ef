using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>Says everything that is wrong with the options at once, before the app starts.</summary>
internal sealed class FlaskBusOptionsValidator : IValidateOptions<FlaskBusOptions>
{
    private const int LeastMessageBytes = 1024;

    private static readonly TimeSpan LongestCallbackTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, FlaskBusOptions options)
    {
        var failures = new List<string>();

        if (options.MaxMessageBytes < LeastMessageBytes)
        {
            failures.Add($"{nameof(options.MaxMessageBytes)} must be at least {LeastMessageBytes}, but is {options.MaxMessageBytes}.");
        }

        if (options.CallbackTimeout <= TimeSpan.Zero || options.CallbackTimeout > LongestCallbackTimeout)
        {
            failures.Add($"{nameof(options.CallbackTimeout)} must be positive and at most a day, but is {options.CallbackTimeout}.");
        }

        if (string.IsNullOrEmpty(options.Cluster))
        {
            failures.Add($"{nameof(options.Cluster)} must not be empty.");
        }

        if (options.Redis is null)
        {
            failures.Add($"{nameof(options.Redis)} must not be null.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
