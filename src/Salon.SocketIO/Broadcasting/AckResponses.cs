using System.Collections;

namespace Salon.SocketIO;

/// <summary>What the recipients of a broadcast answered, those of this server first, in the order of their answers: the first value of each.</summary>
/// <typeparam name="T">What each answers.</typeparam>
public sealed class AckResponses<T> : IReadOnlyList<T?>
{
    private readonly IReadOnlyList<T?> _responses;

    internal AckResponses(IReadOnlyList<T?> responses, int recipientCount)
    {
        _responses = responses;
        RecipientCount = recipientCount;
    }

    /// <summary>How many clients were asked.</summary>
    public int RecipientCount { get; }

    /// <summary>How many clients answered in time.</summary>
    public int Count => _responses.Count;

    /// <summary>Whether all clients answered. Otherwise some took too long, or disconnected, or answered with something of another type.</summary>
    public bool IsComplete => Count == RecipientCount;

    /// <inheritdoc/>
    public T? this[int index] => _responses[index];

    /// <inheritdoc/>
    public IEnumerator<T?> GetEnumerator() => _responses.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
