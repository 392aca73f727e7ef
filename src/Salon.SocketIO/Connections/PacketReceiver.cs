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
    private AttachmentsDeadline? _due;

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

        _decoder = options.Parser?.CreateDecoder(limits) ?? new PacketDecoder(limits);
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
                if (_due is not null)
                {
                    Stop();
                }

                return true;

            case DecodeStatus.NeedsAttachment when isBinary:
                return false;

            case DecodeStatus.NeedsAttachment when _sockets.TryFind(packet.Namespace, out _):
                // A new one for each packet: the last one's may be on its way to being called.
                _due = new AttachmentsDeadline(this);
                _server.Deadlines.Schedule(_due, _server.Options.AttachmentTimeout);
                return false;

            default:
                _session.Close(CloseReason.ForcedClose);
                return false;
        }
    }

    /// <summary>Waits no more.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _due, null) is { } due)
        {
            _server.Deadlines.Cancel(due);
        }
    }

    private sealed class AttachmentsDeadline(PacketReceiver receiver) : Deadline
    {
        protected internal override void OnDue()
        {
            if (Interlocked.CompareExchange(ref receiver._due, null, this) == this)
            {
                receiver._session.Close(CloseReason.ForcedClose);
            }
        }
    }
}
