namespace Salon.SocketIO.Recovery;

/// <summary>An event of this server that was appended to the shared log and waits to be read there, or waits behind one.</summary>
/// <param name="Number">The entry's number; 0 for an event that is not in the log.</param>
/// <param name="Packet">The event.</param>
/// <param name="Options">Whom it reaches.</param>
/// <param name="Deliver">Gives it to clients.</param>
/// <param name="Since">When it was emitted, in ticks of the clock.</param>
internal readonly record struct PendingEvent(long Number, EncodedPacket Packet, BroadcastOptions Options, Action<EncodedPacket> Deliver, long Since);
