namespace Salon.Redis.Connections;

/// <summary>Has something to look after now and then.</summary>
internal interface ITicking
{
    /// <param name="now">The time, in ticks of the clock.</param>
    void OnTick(long now);
}
