namespace Salon.EngineIO.Sessions;

/// <summary>The transport that empties a queue at present.</summary>
internal interface IQueueDrain
{
    /// <summary>Whether a message would leave at once. Volatile messages are dropped otherwise.</summary>
    bool IsWritable { get; }

    /// <summary>Called after something was queued, outside the queue's lock, from any thread.</summary>
    void OnQueued();
}
