using System.Runtime.CompilerServices;
using Salon.EngineIO;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>A client whose session is none: it can be told from others, and does nothing.</summary>
internal sealed class FakeClient(Parts parts)
{
    public Client Client { get; } = new(parts.IO, AnotherSession());

    public static EngineSession AnotherSession() => (EngineSession)RuntimeHelpers.GetUninitializedObject(typeof(EngineSession));
}
