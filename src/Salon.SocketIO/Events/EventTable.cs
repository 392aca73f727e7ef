using System.Text;
using Salon.Collections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

/// <summary>
/// The handlers of one socket, by event. A handful at most, so they are a list that is searched by comparing names with the bytes of the
/// packet. Thread-safe.
/// </summary>
internal sealed class EventTable
{
    private readonly CopyOnWriteList<EventListener> _listeners = new();

    public EventListener[] Listeners => _listeners.Items;

    public IDisposable Add(string eventName, bool isOnce, Delegate handler, Func<Task> call) =>
        Add(new PlainEventListener(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1>(string eventName, bool isOnce, Delegate handler, Func<T1, Task> call) =>
        Add(new EventListener<T1>(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1, T2>(string eventName, bool isOnce, Delegate handler, Func<T1, T2, Task> call) =>
        Add(new EventListener<T1, T2>(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1, T2, T3>(string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, Task> call) =>
        Add(new EventListener<T1, T2, T3>(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1, T2, T3, T4>(string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, Task> call) =>
        Add(new EventListener<T1, T2, T3, T4>(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1, T2, T3, T4, T5>(string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, T5, Task> call) =>
        Add(new EventListener<T1, T2, T3, T4, T5>(this, eventName, isOnce, handler, call));

    public IDisposable Add<T1, T2, T3, T4, T5, T6>(string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, T5, T6, Task> call) =>
        Add(new EventListener<T1, T2, T3, T4, T5, T6>(this, eventName, isOnce, handler, call));

    public EventListener Add(EventListener listener)
    {
        ArgumentException.ThrowIfNullOrEmpty(listener.EventName);

        if (ReservedEvents.Contains(listener.EventName))
        {
            throw new ArgumentException($"\"{listener.EventName}\" is a reserved event name.", nameof(listener));
        }

        _listeners.Add(listener);
        return listener;
    }

    public void Remove(EventListener listener) => _listeners.RemoveAll(candidate => candidate == listener);

    public void RemoveAll(Predicate<EventListener> match) => _listeners.RemoveAll(match);

    /// <summary>Looks for a listener of an event.</summary>
    /// <param name="eventName">The name, in UTF-8.</param>
    /// <param name="found">The listener that was found so far, and that is found now.</param>
    /// <returns><see langword="false"/> when there is more than one.</returns>
    public bool IsAlone(ReadOnlySpan<byte> eventName, ref EventListener? found)
    {
        foreach (var listener in _listeners.Items)
        {
            if (IsFor(listener, eventName))
            {
                if (found is not null)
                {
                    return false;
                }

                found = listener;
            }
        }

        return true;
    }

    /// <summary>Whether a listener is for the event whose name, in UTF-8, came on the wire.</summary>
    public static bool IsFor(EventListener listener, ReadOnlySpan<byte> eventName)
    {
        var name = listener.EventName;

        // Names in ASCII are as long in UTF-8 as in UTF-16; for the others the slow way is good enough.
        return name.Length == eventName.Length
            ? Ascii.Equals(eventName, name) || IsEncoded(name, eventName)
            : name.Length < eventName.Length && IsEncoded(name, eventName);
    }

    private static bool IsEncoded(string name, ReadOnlySpan<byte> eventName) =>
        !Ascii.IsValid(eventName) && Encoding.UTF8.GetString(eventName) == name;
}
