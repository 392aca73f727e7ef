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

        if (options.FirstPacketTimeout <= TimeSpan.Zero)
        {
            failures.Add($"{nameof(options.FirstPacketTimeout)} must be positive, but is {options.FirstPacketTimeout}.");
        }

        if (options.BroadcastAckTimeout <= TimeSpan.Zero)
        {
            failures.Add($"{nameof(options.BroadcastAckTimeout)} must be positive, but is {options.BroadcastAckTimeout}.");
        }

        if (options.MaxAttachments < 0)
        {
            failures.Add($"{nameof(options.MaxAttachments)} must not be negative, but is {options.MaxAttachments}.");
        }

        if (options.MaxAttachmentBytes < 0)
        {
            failures.Add($"{nameof(options.MaxAttachmentBytes)} must not be negative, but is {options.MaxAttachmentBytes}.");
        }

        if (options.AttachmentTimeout <= TimeSpan.Zero)
        {
            failures.Add($"{nameof(options.AttachmentTimeout)} must be positive, but is {options.AttachmentTimeout}.");
        }

        // "{}" is what a client says that says nothing.
        if (options.MaxAuthBytes is < 2 or > 64 * 1024 * 1024)
        {
            failures.Add($"{nameof(options.MaxAuthBytes)} must be between 2 and 64 MiB, but is {options.MaxAuthBytes}.");
        }

        failures.AddRange(ValidateCounts(options));

        if (options.MaxConcurrentEvents < 1)
        {
            failures.Add($"{nameof(options.MaxConcurrentEvents)} must be positive, but is {options.MaxConcurrentEvents}.");
        }

        if (options.MaxInboxBytes < 1)
        {
            failures.Add($"{nameof(options.MaxInboxBytes)} must be positive, but is {options.MaxInboxBytes}.");
        }

        if (!Enum.IsDefined(options.SlowClients))
        {
            failures.Add($"{nameof(options.SlowClients)} must be Close, Drop or Wait, but is {options.SlowClients}.");
        }

        if (options.IdempotencyWindow < 1)
        {
            failures.Add($"{nameof(options.IdempotencyWindow)} must be positive, but is {options.IdempotencyWindow}.");
        }

        if (options.ConnectionStateRecovery is { } recovery)
        {
            failures.AddRange(Validate(recovery));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> ValidateCounts(SocketIOOptions options)
    {
        (string Name, int Value)[] counts =
        [
            (nameof(options.MaxNamespacesPerClient), options.MaxNamespacesPerClient),
            (nameof(options.MaxChildNamespaces), options.MaxChildNamespaces),
            (nameof(options.MaxChildNamespacesPerAddress), options.MaxChildNamespacesPerAddress),
            (nameof(options.MaxRoomsPerSocket), options.MaxRoomsPerSocket),
        ];

        return counts.Where(static count => count.Value < 1).Select(static count => $"{count.Name} must be positive, but is {count.Value}.");
    }

    private static IEnumerable<string> Validate(ConnectionStateRecovery recovery)
    {
        const string Name = nameof(SocketIOOptions.ConnectionStateRecovery);

        if (recovery.MaxDisconnectionDuration <= TimeSpan.Zero || recovery.MaxDisconnectionDuration > TimeSpan.FromDays(20))
        {
            yield return $"{Name}.{nameof(recovery.MaxDisconnectionDuration)} must be positive and at most 20 days, but is {recovery.MaxDisconnectionDuration}.";
        }

        if (recovery.MaxLogBytes < 0)
        {
            yield return $"{Name}.{nameof(recovery.MaxLogBytes)} must not be negative, but is {recovery.MaxLogBytes}.";
        }

        if (recovery.MaxSessions < 0)
        {
            yield return $"{Name}.{nameof(recovery.MaxSessions)} must not be negative, but is {recovery.MaxSessions}.";
        }
    }
}
