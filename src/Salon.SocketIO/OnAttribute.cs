namespace Salon.SocketIO;

/// <summary>Makes a public method of a <see cref="SocketNamespace"/> the handler of an event.</summary>
/// <param name="eventName">The name that clients emit; by default the method's in camelCase, without <c>Async</c> at its end.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnAttribute(string? eventName = null) : Attribute
{
    /// <summary>The name that clients emit; <see langword="null"/> for the method's.</summary>
    public string? EventName { get; } = eventName;
}
