namespace Salon.Redis.Connections;

/// <summary>Why a connection is no more.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Description">The same as part of a sentence.</param>
/// <param name="Exception">Its cause, if it had one.</param>
internal sealed record ConnectionEnd(ConnectionEndKind Kind, string Description, Exception? Exception = null)
{
    public static ConnectionEnd ClosedByServer { get; } = new(ConnectionEndKind.ClosedByServer, "the server closed the connection");

    public static ConnectionEnd Stopped { get; } = new(ConnectionEndKind.Stopped, "the client is closed");

    public static ConnectionEnd Broken(Exception exception) =>
        new(ConnectionEndKind.Broken, $"the connection broke ({exception.GetBaseException().Message})", exception);

    public static ConnectionEnd NotRedis(string what) => new(ConnectionEndKind.NotRedis, $"the server sent what is no RESP ({what})");

    public static ConnectionEnd Silent(TimeSpan time) => new(ConnectionEndKind.Silent, $"the server said nothing for {time.TotalSeconds:0.#} s");
}
