using Microsoft.Extensions.Logging;
using Salon.Collections;
using Salon.SocketIO.Protocol;
using Salon.Supervision;

namespace Salon.SocketIO.Events;

/// <summary>Who listens to the other servers. Thread-safe.</summary>
internal sealed partial class ServerListeners
{
    private readonly CopyOnWriteList<Listener> _listeners = new();

    public static void Check(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);

        if (ReservedEvents.Contains(eventName) || eventName is "connection" or "new_namespace")
        {
            throw new ArgumentException($"\"{eventName}\" is a reserved event name.", nameof(eventName));
        }
    }

    public IDisposable Add(string eventName, Func<EventArguments, Task<RawJson?>> call)
    {
        Check(eventName);

        var listener = new Listener(_listeners, eventName, call);
        _listeners.Add(listener);
        return listener;
    }

    public async Task<RawJson?> CallAsync(string eventName, EventArguments arguments, Guard guard)
    {
        RawJson? answer = null;

        foreach (var listener in _listeners.Items)
        {
            if (listener.EventName != eventName)
            {
                continue;
            }

            try
            {
                var given = await listener.Call(arguments);
                answer ??= given;
            }
            catch (Exception exception)
            {
                guard.Fail(nameof(NamespaceServers.On), exception, eventName, Log.ServerListenerFailed);
            }
        }

        return answer;
    }

    private sealed class Listener(CopyOnWriteList<Listener> owner, string eventName, Func<EventArguments, Task<RawJson?>> call) : IDisposable
    {
        public string EventName => eventName;

        public Task<RawJson?> Call(EventArguments arguments) => call(arguments);

        public void Dispose() => owner.RemoveAll(listener => listener == this);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A handler of \"{EventName}\" from another server failed.", EventName = nameof(ServerListenerFailed))]
        public static partial void ServerListenerFailed(ILogger logger, Exception exception, string eventName);
    }
}
