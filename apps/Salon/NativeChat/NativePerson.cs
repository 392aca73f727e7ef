namespace Salon.App.NativeChat;

/// <summary>Somebody in the room, with one connection: here, or on another node.</summary>
/// <param name="Name">The name as they wrote it.</param>
/// <param name="Session">A hash of their secret: who has the secret is the same client again.</param>
/// <param name="Generation">How often the client has come under this name. The newest counts, wherever it is.</param>
/// <param name="Node">The node that they are connected to.</param>
/// <param name="Connection">Their connection, if that is here.</param>
internal sealed record NativePerson(string Name, string Session, long Generation, string Node, NativeConnection? Connection = null);
