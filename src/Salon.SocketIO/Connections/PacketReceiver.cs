using Salon.EngineIO;
using Salon.SocketIO.Protocol;
using Salon.Timing;

namespace Salon.SocketIO.Connections;

/// <summary>
/// Makes packets of one client's messages. Of a packet with attachments it keeps what came until the last is there: only for a namespace that
/// the client has joined, no more bytes than the limits allow, and not for ever. Used by the reading thread; <see cref="Stop"/> by any.
/// </summary>
internal sealed class PacketReceiver
{
    private readonly EngineSession _session;
    private readonly SocketIOServer _server;
    private readonly SocketTable _sockets;
    private readonly IPacketDecoder _decoder;
    private AttachmentsWait? _wait;

    public PacketReceiver(SocketIOServer server, EngineSession session, SocketTable sockets)
    {
        (_server, _session, _sockets) = (server, session, sockets);

        var options = server.Options;
        var limits = new PacketLimits
        {
            MaxAttachments = options.MaxAttachments,

            // One attachment may be as large as any message.
            MaxAttachmentBytes = Math.Max(options.MaxAttachmentBytes, options.MaxHttpBufferSize),

            // Old clients say who they are behind the name.
            MaxNamespaceBytes = MaxNamespaceBytes + (session.IsOld() ? options.MaxAuthBytes : 0),
        };

        _decoder = server.Parser?.CreateDecoder(limits) ?? new PacketDecoder(limits);
    }

    /// <summary>How long the name of a namespace may be that a client says.</summary>
    public const int MaxNamespaceBytes = 200;

    /// <summary>How many bytes are kept of a packet whose attachments are not all there.</summary>
    public long PendingBytes => (_decoder as PacketDecoder)?.PendingBytes ?? 0;

    /// <summary>Takes a message.</summary>
    /// <returns>Whether a packet is complete with it. A message that breaks a rule closes the session.</returns>
    public bool TryReceive(ReadOnlyMemory<byte> data, bool isBinary, out Packet packet)
    {
        DecodeStatus status;

        try
        {
            status = isBinary ? _decoder.AddBinary(data.Span, out packet) : _decoder.Add(data, out packet);
        }
        catch (Exception exception)
        {
            // Of somebody else's parser: ours do not throw.
            _server.Guard.Fail(nameof(IPacketDecoder), exception);
            (status, packet) = (DecodeStatus.Invalid, default);
        }

        switch (status)
        {
            case DecodeStatus.Complete:
                _wait?.End();
                return true;

            case DecodeStatus.NeedsAttachment when isBinary:
                return false;

            case DecodeStatus.NeedsAttachment when _sockets.TryFind(packet.Namespace, out _):
                _wait ??= new AttachmentsWait(_server, _session);
                _wait.Begin();
                return false;

            default:
                _session.Close(CloseReason.ForcedClose);
                return false;
        }
    }

    /// <summary>Waits no more.</summary>
    public void Stop() => Volatile.Read(ref _wait)?.Stop();

    /// <summary>
    /// How long the attachments of a packet may take. They nearly always come with it, so the deadline is not set for every packet: it stays from one
    /// to the next, and looks when it is due whether what is waited for then has waited long enough. Begun and ended by the reading thread.
    /// </summary>
    private sealed class AttachmentsWait(SocketIOServer server, EngineSession session) : Deadline
    {
        private const long Nothing = long.MinValue;

        private long _since = Nothing;
        private bool _isScheduled;

        public void Begin()
        {
            var now = server.Time.GetTimestamp();

            // With a fence: who is due at this moment reads the two in the other order.
            Interlocked.Exchange(ref _since, now);

            if (!Volatile.Read(ref _isScheduled))
            {
                Schedule(now);
            }
        }

        public void End() => Volatile.Write(ref _since, Nothing);

        public void Stop()
        {
            End();
            server.Deadlines.Cancel(this);
            Volatile.Write(ref _isScheduled, false);
        }

        protected internal override void OnDue()
        {
            Interlocked.Exchange(ref _isScheduled, false);
            var since = Volatile.Read(ref _since);

            if (since == Nothing)
            {
                return;
            }

            if (server.Time.GetElapsedTime(since) < server.Options.AttachmentTimeout)
            {
                Schedule(since);
            }
            else if (Interlocked.CompareExchange(ref _since, Nothing, since) == since)
            {
                session.Close(CloseReason.ForcedClose);
            }
        }

        private void Schedule(long since)
        {
            if (!Interlocked.Exchange(ref _isScheduled, true))
            {
                server.Deadlines.ScheduleSince(this, server.Options.AttachmentTimeout, since);
            }
        }
    }
}
