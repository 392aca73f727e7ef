using Salon.Redis;
using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>The stream as the log of one namespace.</summary>
/// <param name="hub">The connection.</param>
/// <param name="stream">The stream.</param>
/// <param name="namespace">The namespace.</param>
/// <param name="releases">Asks the other servers to let go of who came back.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamLog(RedisHub hub, StreamHub stream, string @namespace, Releases releases, TimeProvider time) : IClusterLog
{
    private const int PageSize = 1000;
    private const int MaxEntries = 100_000;
    private const long MaxBytes = 16 << 20;

    // For servers of the reference, which do not answer: they may be about to save it.
    private static readonly TimeSpan[] Retries = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(150)];

    // A client waits for it: a server that is busy for longer is not waited for.
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(2);

    private readonly StreamSessions _sessions = new(hub);

    public bool IsAvailable => hub.Client.State == RedisState.Connected;

    public string? Place => stream.Place.Id;

    public long Append(ClusterMessage message) => stream.Write(StreamMessage.Create(message with { Sender = hub.Members.Self }, @namespace));

    public Task<bool> WaitForAsync(string id) => stream.Place.WaitForAsync(id);

    public async Task<IReadOnlyList<ClusterLogEntry>?> ReadAsync(string after, string upTo)
    {
        try
        {
            var oldest = await hub.Client.StreamRangeAsync(stream.Name, "-", "+", count: 1);
            return oldest.Count > 0 && StreamPlace.IsUpTo(oldest[0].Id, after) ? await ReadAllAsync(after, upTo) : null;
        }
        catch (RedisException)
        {
            return null;
        }
    }

    public Task<bool> SaveSessionAsync(ClusterSession session, TimeSpan lifetime) => _sessions.SaveAsync(session, lifetime);

    public async Task<ClusterSession?> TakeSessionAsync(string privateId, bool isLost)
    {
        var session = await _sessions.TakeAsync(privateId);

        if (session is not null || !isLost || !IsAvailable || hub.Members.Others.Count == 0)
        {
            return session;
        }

        var released = releases.Ask(privateId);

        try
        {
            return await TakeReleasedAsync(privateId, released);
        }
        finally
        {
            releases.Forget(privateId);
        }
    }

    private async Task<ClusterSession?> TakeReleasedAsync(string privateId, Task released)
    {
        var isReleased = false;

        foreach (var retry in Retries)
        {
            var pause = Task.Delay(retry, time);

            if (!isReleased && await Task.WhenAny(released, pause) == released)
            {
                isReleased = true;

                if (await _sessions.TakeAsync(privateId) is { } session)
                {
                    return session;
                }
            }

            await pause;

            if (await _sessions.TakeAsync(privateId) is { } late)
            {
                return late;
            }
        }

        if (isReleased)
        {
            return null;
        }

        await released.WaitAsync(ReleaseTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await _sessions.TakeAsync(privateId);
    }

    private async Task<IReadOnlyList<ClusterLogEntry>?> ReadAllAsync(string after, string upTo)
    {
        var found = new List<ClusterLogEntry>();
        var numbers = new Dictionary<string, SeenNumbers>(StringComparer.Ordinal);
        var (count, bytes) = (0, 0L);

        while (true)
        {
            var page = await hub.Client.StreamRangeAsync(stream.Name, "(" + after, upTo, PageSize);

            foreach (var entry in page)
            {
                after = entry.Id;

                // What was written twice counts once.
                if (StreamMessage.Read(entry.Fields) is { } message
                    && message.Namespace == @namespace
                    && (message.Number <= 0 || IsNew(numbers, message))
                    && TryDecode(message) is { Type: ClusterMessageType.Broadcast, RequestId: null } decoded)
                {
                    bytes += message.Size;
                    found.Add(new ClusterLogEntry(entry.Id, decoded));
                }
            }

            count += page.Count;

            if (page.Count < PageSize)
            {
                return found;
            }

            if (count >= MaxEntries || bytes > MaxBytes)
            {
                return null;
            }
        }
    }

    private static bool IsNew(Dictionary<string, SeenNumbers> numbers, StreamMessage message)
    {
        if (!numbers.TryGetValue(message.Sender, out var seen))
        {
            numbers[message.Sender] = seen = new SeenNumbers();
        }

        return seen.TryAdd(message.Number);
    }

    private ClusterMessage? TryDecode(StreamMessage message)
    {
        try
        {
            return message.Decode();
        }
        catch (FormatException exception)
        {
            hub.OnPoison(stream.Name, exception);
            return null;
        }
    }
}
