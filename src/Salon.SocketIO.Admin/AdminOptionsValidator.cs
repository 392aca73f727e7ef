using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Admin;

/// <summary>Says everything that is wrong with the options at once.</summary>
internal static class AdminOptionsValidator
{
    /// <exception cref="OptionsValidationException">An option is wrong; the message names each.</exception>
    public static void ThrowIfInvalid(AdminOptions options)
    {
        string[] failures = [.. Validate(options)];

        if (failures.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(AdminOptions), failures);
        }
    }

    private static IEnumerable<string> Validate(AdminOptions options)
    {
        if (string.IsNullOrEmpty(options.NamespaceName))
        {
            yield return $"{nameof(options.NamespaceName)} must not be empty.";
        }

        if (string.IsNullOrEmpty(options.ServerId))
        {
            yield return $"{nameof(options.ServerId)} must not be empty.";
        }

        if (options.Mode is { } mode && !Enum.IsDefined(mode))
        {
            yield return $"{nameof(options.Mode)} must be {string.Join(" or ", Enum.GetNames<AdminMode>())}, but is {mode}.";
        }

        if (options.MaxSockets < 0)
        {
            yield return $"{nameof(options.MaxSockets)} must not be negative, but is {options.MaxSockets}.";
        }

        if (options.MaxEventsPerSecond < 0)
        {
            yield return $"{nameof(options.MaxEventsPerSecond)} must not be negative, but is {options.MaxEventsPerSecond}.";
        }

        if (options.SessionDuration <= TimeSpan.Zero)
        {
            yield return $"{nameof(options.SessionDuration)} must be positive, but is {options.SessionDuration}.";
        }

        if (options.Authenticate is null)
        {
            yield return $"{nameof(options.Authenticate)} is not set, so nobody may administer the server: set it, or call {nameof(options.UsePassword)}.";
        }
    }
}
