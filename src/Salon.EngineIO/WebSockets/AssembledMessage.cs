namespace Salon.EngineIO.WebSockets;

/// <summary>A whole message from a WebSocket; the memory belongs to whoever read it.</summary>
internal readonly record struct AssembledMessage(ReadOnlyMemory<byte> Data, bool IsBinary);
