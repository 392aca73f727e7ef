namespace Salon.App.Chat.Cluster;

/// <summary>What goes from node to node, for those who want to watch it. It holds what people say, so it is off unless <c>LOG_BUS</c> is set.</summary>
internal static partial class BusLog
{
    public const string Category = "Salon.Bus";

    [LoggerMessage(1, LogLevel.Information, "[Local → Redis] [{Room}] {Username}: {Text}", EventName = nameof(Sent))]
    public static partial void Sent(ILogger logger, string room, string username, string text);

    [LoggerMessage(2, LogLevel.Information, "[Redis → Clients] [{Room}] {Username}: {Text}", EventName = nameof(Received))]
    public static partial void Received(ILogger logger, string room, string username, string text);
}
