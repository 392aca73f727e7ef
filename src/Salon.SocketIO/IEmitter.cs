using System.ComponentModel;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// Something that events can be emitted to: one socket, or many. <see cref="EmitterExtensions"/> has the methods for use; these two are
/// what they are made of.
/// </summary>
public interface IEmitter
{
    /// <summary>Begins an event.</summary>
    /// <exception cref="ArgumentException">The name is reserved.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    PayloadBuilder StartEvent(string eventName);

    /// <summary>Sends a complete event. The payload is used only until the method returns, not until the task completes.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Task EmitAsync(PayloadBuilder payload);
}
