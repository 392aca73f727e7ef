using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Hosting;

/// <summary>Says everything that is wrong with the options at once, before the app starts. Those of Engine.IO check themselves.</summary>
internal sealed class SocketIOOptionsValidator : IValidateOptions<SocketIOOptions>
{
    public ValidateOptionsResult Validate(string? name, SocketIOOptions options)
    {
        var failures = new List<string>();

        if (options.ConnectTimeout <= TimeSpan.Zero)
        {
            failures.Add($"{nameof(options.ConnectTimeout)} must be positive, but is {options.ConnectTimeout}.");
        }

        if (options.BroadcastAckTimeout <= TimeSpan.Zero)
        {
            failures.Add($"{nameof(options.BroadcastAckTimeout)} must be positive, but is {options.BroadcastAckTimeout}.");
        }

        if (options.MaxAttachments < 0)
        {
            failures.Add($"{nameof(options.MaxAttachments)} must not be negative, but is {options.MaxAttachments}.");
        }

        if (options.MaxConcurrentEvents < 1)
        {
            failures.Add($"{nameof(options.MaxConcurrentEvents)} must be positive, but is {options.MaxConcurrentEvents}.");
        }

        if (options.MaxInboxBytes < 1)
        {
            failures.Add($"{nameof(options.MaxInboxBytes)} must be positive, but is {options.MaxInboxBytes}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
