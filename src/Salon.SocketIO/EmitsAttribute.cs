namespace Salon.SocketIO;

/// <summary>Names the event that a method of a client's interface emits.</summary>
/// <param name="eventName">The name that clients listen to; by default the method's in camelCase, without <c>Async</c> at its end.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmitsAttribute(string eventName) : Attribute
{
    /// <summary>The name that clients listen to.</summary>
    public string EventName { get; } = eventName;
}
