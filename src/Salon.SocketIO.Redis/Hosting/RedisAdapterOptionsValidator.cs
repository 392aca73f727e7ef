using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Redis;

/// <summary>Says everything that is wrong with the options at once, before the app starts.</summary>
internal sealed class RedisAdapterOptionsValidator : IValidateOptions<RedisAdapterOptions>
{
    // Redis disconnects a subscriber for which 32 MiB wait.
    private const int MostForwardedBytes = 24 * 1024 * 1024;

    private static readonly TimeSpan ShortestMemberTimeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestMemberTimeout = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RedisAdapterOptions options)
    {
        var failures = new List<string>();

        (string Name, string Value)[] names =
        [
            (nameof(options.KeyPrefix), options.KeyPrefix),
            (nameof(options.StreamName), options.StreamName),
            (nameof(options.SessionKeyPrefix), options.SessionKeyPrefix),
        ];

        (string Name, int Value)[] counts =
        [
            (nameof(options.StreamCount), options.StreamCount),
            (nameof(options.StreamMaxLength), options.StreamMaxLength),
            (nameof(options.StreamReadCount), options.StreamReadCount),
            (nameof(options.MaxForwardedRequests), options.MaxForwardedRequests),
        ];

        failures.AddRange(names.Where(static one => string.IsNullOrEmpty(one.Value)).Select(static one => $"{one.Name} must not be empty."));
        failures.AddRange(counts.Where(static one => one.Value < 1).Select(static one => $"{one.Name} must be positive, but is {one.Value}."));

        if (!Enum.IsDefined(options.Kind))
        {
            failures.Add($"{nameof(options.Kind)} must be Classic, Sharded or Streams, but is {options.Kind}.");
        }

        if (!Enum.IsDefined(options.SubscriptionMode))
        {
            failures.Add($"{nameof(options.SubscriptionMode)} must be {string.Join(" or ", Enum.GetNames<RedisSubscriptionMode>())}, but is {options.SubscriptionMode}.");
        }

        if (options.MemberTimeout < ShortestMemberTimeout || options.MemberTimeout > LongestMemberTimeout)
        {
            failures.Add($"{nameof(options.MemberTimeout)} must be between {ShortestMemberTimeout} and {LongestMemberTimeout}, but is {options.MemberTimeout}.");
        }

        if (options.MaxForwardedBytes is < 1 or > MostForwardedBytes)
        {
            failures.Add($"{nameof(options.MaxForwardedBytes)} must be between 1 and 24 MiB, but is {options.MaxForwardedBytes}.");
        }

        if (options.Redis is null)
        {
            failures.Add($"{nameof(options.Redis)} must not be null.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
