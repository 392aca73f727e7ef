using System.Text.Json;
using System.Threading.RateLimiting;
using Salon.EngineIO;

namespace Salon.SocketIO;

/// <summary>How the server behaves. The names are those of the reference server. Read once, when the server is made.</summary>
public class SocketIOOptions : EngineIOOptions
{
    /// <summary>How long a client may take to join its first namespace. The default is 45 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How long a client may take to send anything at all, where that is less than <see cref="ConnectTimeout"/>. The default is 10 seconds: clients ask
    /// for a namespace at once.
    /// </summary>
    public TimeSpan FirstPacketTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the official JavaScript client is served under the server's path, as <c>socket.io.js</c>. The default is <see langword="true"/>.</summary>
    public bool ServeClient { get; set; } = true;

    /// <summary>How many binary attachments a packet from a client may have. The default is 10, the limit of the JavaScript clients themselves.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>
    /// How many bytes the attachments of a packet from a client may have together; each is held in memory until the last is there. One
    /// attachment may always be as large as <see cref="EngineIOOptions.MaxHttpBufferSize"/>. The default is 1 000 000.
    /// </summary>
    public long MaxAttachmentBytes { get; set; } = 1_000_000;

    /// <summary>
    /// How long the attachments of a packet may take, from the packet to the last of them. The default is one minute, which is enough for
    /// a million bytes over the slowest mobile networks.
    /// </summary>
    public TimeSpan AttachmentTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many bytes of JSON the <c>auth</c> of a client may have, in each namespace that it joins. One that has more gets a
    /// <c>connect_error</c> whose data has the code <c>auth_too_large</c>. The default is 16 KiB.
    /// </summary>
    public int MaxAuthBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// How many namespaces a client may be in at a time. One too many gets a <c>connect_error</c> whose data has the code
    /// <c>too_many_namespaces</c>. The default is 100.
    /// </summary>
    public int MaxNamespacesPerClient { get; set; } = 100;

    /// <summary>
    /// How many namespaces there may be that clients made by joining them, together. Who asks for one more gets a <c>connect_error</c> whose
    /// data has the code <c>too_many_namespaces</c>. The default is 10 000.
    /// </summary>
    public int MaxChildNamespaces { get; set; } = 10_000;

    /// <summary>
    /// How many of the <see cref="MaxChildNamespaces"/> the clients of one address may have made, or of one network of IPv6 (/64). The default
    /// is 1 000.
    /// </summary>
    public int MaxChildNamespacesPerAddress { get; set; } = 1_000;

    /// <summary>
    /// How many rooms a socket may be in, besides that of its own id. A long name counts several times, once for every 256 characters.
    /// Joining one too many throws a <see cref="SocketIOException"/> with the code <c>too_many_rooms</c>; a handler that does not catch it
    /// so refuses its event. The default is 10 000.
    /// </summary>
    public int MaxRoomsPerSocket { get; set; } = 10_000;

    /// <summary>
    /// How many events of one socket are handled at a time. The default is 1: they are handled in order, and an asynchronous handler
    /// holds the next event back.
    /// </summary>
    public int MaxConcurrentEvents { get; set; } = 1;

    /// <summary>
    /// Whether an event that nobody listens to is acknowledged, with the error <c>unknown_event</c>. The default is <see langword="false"/>, as in
    /// the reference: clients take any acknowledgement for a success, and wait until their timeout where there is none.
    /// </summary>
    public bool AnswerUnknownEvents { get; set; }

    /// <summary>
    /// How many bytes of events may wait for the handlers of one socket. Beyond, nothing more is read from the client until a handler is
    /// done. The default is 1 MiB.
    /// </summary>
    public long MaxInboxBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many events with an <see cref="IdempotencyKey"/> are remembered of each client, so that none is handled twice. Their answers take at most
    /// 64 KiB together. The default is 100.
    /// </summary>
    public int IdempotencyWindow { get; set; } = 100;

    /// <summary>
    /// What happens to events that a client does not read as fast as they are emitted. The default is <see cref="SlowClients.Close"/>; each
    /// namespace can have its own.
    /// </summary>
    public SlowClients SlowClients { get; set; } = SlowClients.Close;

    /// <summary>How long the answers to a broadcast are waited for, where <c>Timeout</c> does not say otherwise. The default is 5 seconds.</summary>
    public TimeSpan BroadcastAckTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How arguments are written and read. The default is <see langword="null"/>: the defaults of the web (camelCase). A source-generated
    /// resolver makes the server work without reflection.
    /// </summary>
    public JsonSerializerOptions? JsonSerializerOptions { get; set; }

    /// <summary>
    /// How clients that lost their connection get back what they had. The default is <see langword="null"/>: they come back as new ones.
    /// With it, each event costs a copy and a place in memory, and the events of a namespace are emitted one at a time.
    /// </summary>
    public ConnectionStateRecovery? ConnectionStateRecovery { get; set; }

    /// <summary>
    /// Whether a namespace that clients made by joining it goes with the last of them. The default is <see langword="true"/>: otherwise
    /// whoever thinks of new names fills the memory.
    /// </summary>
    public bool CleanupEmptyChildNamespaces { get; set; } = true;

    /// <summary>
    /// How many events clients may send. One too many is not handled; its ack is answered with <c>rate_limited</c> and <c>retryAfter</c>, in
    /// seconds. The default is <see langword="null"/>: as many as the server can handle. See <see cref="RateLimits"/>.
    /// </summary>
    public PartitionedRateLimiter<Socket>? EventLimiter { get; set; }

    /// <summary>
    /// How often clients may join namespaces, asked before the middleware. One too many gets a <c>connect_error</c> whose data has the code
    /// <c>rate_limited</c> and <c>retryAfter</c>, in seconds. The default is <see langword="null"/>: as often as they like.
    /// </summary>
    public PartitionedRateLimiter<Handshake>? ConnectLimiter { get; set; }

    /// <summary>A copy for the one that is made with it: whoever changes the options afterwards changes nothing.</summary>
    internal SocketIOOptions Freeze() => (SocketIOOptions)MemberwiseClone();
}
