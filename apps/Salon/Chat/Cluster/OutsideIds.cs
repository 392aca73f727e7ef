using System.Security.Cryptography;

namespace Salon.App.Chat.Cluster;

/// <summary>What another program said: its content, and the how manieth time that was.</summary>
internal readonly record struct OutsideId(string Hash, long Number);

/// <summary>
/// Counts what comes from other programs by its content, in the same way on every node, so that the nodes, which all get it, can agree on one
/// that stores it, and a program may say the same as often as it likes. How far the others have counted, <see cref="OutsideClaims"/> knows.
/// Bounded: what was heard longest ago is forgotten. Used by one task.
/// </summary>
internal sealed class OutsideIds(TimeProvider time)
{
    private const int MaxKnown = 10_000;

    /// <summary>How long a count goes on after it was heard last: less than Redis keeps it, so that no node counts on alone.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, LinkedListNode<Heard>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<Heard> _inOrder = new();

    public OutsideId Next(ReadOnlySpan<byte> payload)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16));

        while (_inOrder.First is { } oldest && time.GetElapsedTime(oldest.Value.At) > Memory)
        {
            Forget(oldest);
        }

        var id = new OutsideId(hash, (_known.TryGetValue(hash, out var known) ? known.Value.Number : 0) + 1);
        Keep(id);
        return id;
    }

    /// <summary>Goes on from the number that it turned out to have. This node may have missed some, or begun later.</summary>
    public void Correct(OutsideId id) => Keep(id);

    private void Keep(OutsideId id)
    {
        if (_known.TryGetValue(id.Hash, out var known))
        {
            Forget(known);
        }
        else if (_known.Count == MaxKnown)
        {
            Forget(_inOrder.First!);
        }

        _known.Add(id.Hash, _inOrder.AddLast(new Heard(id.Hash, id.Number, time.GetTimestamp())));
    }

    private void Forget(LinkedListNode<Heard> heard)
    {
        _inOrder.Remove(heard);
        _known.Remove(heard.Value.Hash);
    }

    private readonly record struct Heard(string Hash, long Number, long At);
}
