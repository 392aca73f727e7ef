using Salon.Collections;

namespace Salon.SocketIO.Events;

/// <summary>A listener of every event, and what ends it: disposing stops it from being called.</summary>
/// <param name="owner">The list that it is in.</param>
/// <param name="call">The listener.</param>
/// <param name="answers">Whether it answers acks, so that an event that nobody else handles is not answered for it.</param>
internal sealed class AnyListener(CopyOnWriteList<AnyListener> owner, Func<string, EventArguments, Ack, Task> call, bool answers) : IDisposable
{
    public bool Answers => answers;

    public Task Call(string name, EventArguments arguments, Ack ack) => call(name, arguments, ack);

    public void Dispose() => owner.RemoveAll(listener => listener == this);
}
