namespace Salon.Drills.Clients;

/// <summary>A message that a client has to say. Guarded by the lock of its <see cref="Outbox"/>.</summary>
internal sealed class OutMessage(int client, int number, string room)
{
    public int Number => number;

    public string Room => room;

    public string ClientMsgId => $"{client}-{number}";

    public string Text => $"message {number} of client {client} to everybody in {room}";

    /// <summary>When it was sent for the first time, by <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long SentAt { get; set; }

    public int Attempts { get; set; }

    public TimeSpan NotBefore { get; set; }

    /// <summary>The number in the room that was acknowledged; <see langword="null"/> until then.</summary>
    public long? AckedSeq { get; set; }

    public string? AckedId { get; set; }
}
