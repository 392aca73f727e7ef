namespace Salon.SocketIO.Events;

internal static class HandlerExtensions
{
    /// <summary>The same handler in the form in which all are kept.</summary>
    public static Func<T, Task> ToAsync<T>(this Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        return argument =>
        {
            handler(argument);
            return Task.CompletedTask;
        };
    }
}
