using Salon.Redis.Connections;

namespace Salon.Redis.Requests;

/// <summary>
/// Something that is sent to the server and answered: one command, or several that belong together. It is in one list at most: waiting
/// (<see cref="RequestQueue"/>), being written, or sent (<see cref="SentRequests"/>); the links belong to that list.
/// </summary>
internal abstract class Request(byte[] frame, int replies)
{
    internal Request? Previous;
    internal Request? Next;

    // Where it waits; read without the queue's lock, as a hint.
    internal volatile RequestQueue? Queue;

    /// <summary>What is sent.</summary>
    public byte[] Frame { get; protected set; } = frame;

    /// <summary>How many answers are still to come. Touched by the connection alone.</summary>
    public int RepliesLeft { get; set; } = replies;

    /// <summary>When nobody waits for it any more, in ticks of the clock.</summary>
    public long DueAt { get; protected init; } = long.MaxValue;

    /// <summary>Called for each of its answers, on the thread that reads.</summary>
    public abstract void OnReply(RedisReply reply);

    /// <summary>It was sent, or may have been, and no answer can come any more.</summary>
    public abstract void OnLost(ConnectionEnd end);

    /// <summary>Its time is over. It stays where it is if it was sent: the answer will still come.</summary>
    /// <param name="wasSent">Whether it was.</param>
    /// <param name="obstacle">What stood in the way, if that is known.</param>
    public abstract void OnDue(bool wasSent, string? obstacle);

    /// <summary>It will not be sent: the client or its server is gone.</summary>
    public abstract void OnDropped();
}
