using System.Runtime.CompilerServices;

namespace Salon.Supervision;

/// <content>Events of the application. Most have no subscriber, and the path of every packet asks for some: that is seen where it is asked.</content>
internal sealed partial class Guard
{
    /// <inheritdoc cref="Raise{T}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise(string what, Action? subscribers)
    {
        if (subscribers is not null)
        {
            RaiseAll(what, subscribers);
        }
    }

    /// <summary>Calls every subscriber of an event; one that fails does not keep the others from being called.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise<T>(string what, Action<T>? subscribers, T argument)
    {
        if (subscribers is not null)
        {
            RaiseAll(what, subscribers, argument);
        }
    }

    /// <inheritdoc cref="Raise{T}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise<T1, T2>(string what, Action<T1, T2>? subscribers, T1 first, T2 second)
    {
        if (subscribers is not null)
        {
            RaiseAll(what, subscribers, first, second);
        }
    }

    private void RaiseAll(string what, Action subscribers)
    {
        foreach (var subscriber in Delegate.EnumerateInvocationList(subscribers))
        {
            try
            {
                subscriber();
            }
            catch (Exception exception)
            {
                Fail(what, exception);
            }
        }
    }

    private void RaiseAll<T>(string what, Action<T> subscribers, T argument)
    {
        foreach (var subscriber in Delegate.EnumerateInvocationList(subscribers))
        {
            try
            {
                subscriber(argument);
            }
            catch (Exception exception)
            {
                Fail(what, exception);
            }
        }
    }

    private void RaiseAll<T1, T2>(string what, Action<T1, T2> subscribers, T1 first, T2 second)
    {
        foreach (var subscriber in Delegate.EnumerateInvocationList(subscribers))
        {
            try
            {
                subscriber(first, second);
            }
            catch (Exception exception)
            {
                Fail(what, exception);
            }
        }
    }
}
