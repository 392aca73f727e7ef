using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Salon.Http;

namespace Salon.EngineIO;

/// <summary>
/// How sessions are opened, kept alive and bounded. The names are those of the reference server. Read once, when the endpoint is mapped:
/// later changes have no effect.
/// </summary>
public class EngineIOOptions
{
    /// <summary>How long after a pong the next ping is sent. The default is 25 seconds.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may stay silent after a ping. The default is 20 seconds.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an upgrade to WebSocket may take; the session stays on polling when it takes longer. The default is 10 seconds.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a POST of a session may take to arrive, from its head to its end. It may be slow and pause meanwhile, and each byte proves that the
    /// client lives; one that takes longer is answered with 408, and ends its session. The default is 2 minutes.
    /// </summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The largest message or polling payload that a client may send, in bytes; clients learn it as <c>maxPayload</c>.
    /// A larger POST is answered with 413, a larger WebSocket message closes the connection with 1009. The default is 1 000 000.
    /// </summary>
    public int MaxHttpBufferSize { get; set; } = 1_000_000;

    /// <summary>
    /// How many bytes of POSTs may be in memory at once while they are read, and a quarter of them from one address (of IPv6, the first 64 bits).
    /// Those of up to 16 KiB are not counted, and two of <see cref="MaxHttpBufferSize"/> always have room. A POST for which there is none is answered
    /// with 503 and <c>Retry-After</c>, and ends its session. The default is 256 MiB.
    /// </summary>
    public int MaxBodyBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>
    /// How many bytes may wait for one client, each message counted with the 120 bytes that it costs besides. A client for which more would
    /// have to wait is closed as too slow (<see cref="CloseReason.TooSlow"/>); volatile messages are dropped instead. A message that alone is
    /// larger waits beside the others: one always may, several up to four times this. The default is 4 MiB.
    /// </summary>
    public long MaxSendQueueBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many sessions may be open at once. One more handshake is answered with 503 and <c>Retry-After</c>, and counted. The default is 50 000.
    /// </summary>
    public int MaxConnections { get; set; } = 50_000;

    /// <summary>
    /// How many sessions one address may have open at once (of IPv6, the first 64 bits). One more handshake is answered as with
    /// <see cref="MaxConnections"/>. The default is 20 000: behind a proxy that the forwarded-headers middleware does not know, everybody is one address.
    /// Where clients come with their own, a few hundred are enough for a school.
    /// </summary>
    public int MaxConnectionsPerAddress { get; set; } = 20_000;

    /// <summary>
    /// Whether the addresses that send most are read more slowly than they send as long as there is more to do than can be done at once
    /// (<see cref="EngineServer.IsBusy"/>), so that those who send little are served in time. Nothing is refused or lost by it, and nobody is
    /// held back who sends less than 20 messages a second and two for each of its sessions. The default is <see langword="true"/>.
    /// </summary>
    public bool FairTurns { get; set; } = true;

    /// <summary>
    /// How long a client that polls may take from the handshake to its next request, or the session ends. The default is 10 seconds.
    /// </summary>
    public TimeSpan FirstRequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many bytes of the headers of its first request are kept with a session, names included. <c>Authorization</c>, <c>Cookie</c>, <c>Origin</c>,
    /// <c>User-Agent</c> and what says where the request comes from go first, the others as they came; one for which there is no more room is left
    /// out whole, and those of the WebSocket handshake and of the connection always are. The default is 8 KiB.
    /// </summary>
    public int MaxHandshakeHeaderBytes { get; set; } = 8 * 1024;

    /// <summary>The transports that clients may use. The default is both.</summary>
    public EngineTransport Transports { get; set; } = EngineTransport.Polling | EngineTransport.WebSocket;

    /// <summary>
    /// Whether clients of Engine.IO v3 are served too: those of Socket.IO v2, and others as old. The default is <see langword="false"/>.
    /// For such clients a socket's id contains the session's, which is a secret elsewhere: whoever learns it can speak for them.
    /// </summary>
    public bool AllowEIO3 { get; set; }

    /// <summary>
    /// Whether clients may poll with JSON-P, for pages in browsers that know neither CORS nor WebSocket (Internet Explorer up to 9, which need
    /// <see cref="AllowEIO3"/> too). The default is <see langword="false"/>: an answer is a script then, and what a script says can be read by the page
    /// that includes it, whichever it is, in the name of its visitor. Only browsers that send <c>Sec-Fetch-Site</c> are still kept from it.
    /// </summary>
    public bool AllowJsonp { get; set; }

    /// <summary>
    /// The names that the server answers to, as clients have them in their addresses: <c>chat.example.com</c>, <c>*.example.com</c> for all names
    /// below, an address, or <c>*</c> for any. Without it, a page could give a name of its own the address of a server that only its visitor
    /// reaches, and be of the same origin (DNS rebinding). <c>localhost</c> and the loopback addresses are always answered. The default is none:
    /// where the server listens on loopback only, no other name is answered; a proxy on the same machine needs the public name here. Where it
    /// listens on more, any name is.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Whether a session may move from polling to WebSocket. The default is <see langword="true"/>.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>
    /// Decides whether a client may open a session. Called for handshakes only, after the check of the origin. An exception refuses.
    /// The default is <see langword="null"/>: everybody may.
    /// </summary>
    public Func<HttpContext, ValueTask<RequestVerdict>>? AllowRequest { get; set; }

    /// <summary>
    /// The pages of other origins that may connect, also over WebSocket. The default is <see langword="null"/>: only pages of the
    /// server's own origin, and clients that are not pages. <see cref="AllowOrigins"/> fills it in for the usual case.
    /// </summary>
    public CorsPolicy? Cors { get; set; }

    /// <summary>
    /// A cookie that the handshake sets to the session's id, for proxies that need one to find the way back.
    /// The default is <see langword="null"/>: none. A new <see cref="EngineIO.SessionCookie"/> has the reference's defaults.
    /// </summary>
    public CookieBuilder? Cookie { get; set; }

    /// <summary>
    /// From how many bytes a polling response is compressed with br or gzip, as the client accepts. The default is 1024;
    /// <see langword="null"/> switches compression off.
    /// </summary>
    public int? HttpCompressionThreshold { get; set; } = 1024;

    /// <summary>
    /// From how many bytes a WebSocket message is compressed (permessage-deflate). The default is <see langword="null"/>: the extension is
    /// not offered, because it costs much processor time, and secrets beside attacker-chosen text can be guessed from a message's length.
    /// </summary>
    public int? PerMessageDeflateThreshold { get; set; }

    /// <summary>
    /// Chooses among the sub-protocols that a client offers for its WebSocket, of which there is at least one; with <see langword="null"/> none is
    /// answered, and most clients hang up. The default is <see langword="null"/>: the first that is offered, as with the reference.
    /// </summary>
    public Func<HttpContext, IReadOnlyList<string>, string?>? SelectSubProtocol { get; set; }

    /// <summary>
    /// Makes the ids of sessions. They must not be guessable. An exception refuses the handshake.
    /// The default is <see langword="null"/>: 120 bits from a cryptographic generator, or what an <see cref="IRequestForwarder"/> makes, which cannot forward
    /// the requests of sessions with other ids.
    /// </summary>
    public Func<HttpContext, string>? GenerateId { get; set; }

    /// <summary>Lets pages of these origins connect, with cookies and with any header.</summary>
    /// <param name="origins">
    /// Origins such as <c>https://example.com</c>: scheme, host and port, compared without regard to case; or <c>*</c> alone for any page, without
    /// cookies.
    /// </param>
    /// <exception cref="ArgumentException">Something is not an origin.</exception>
    public void AllowOrigins(params string[] origins)
    {
        ArgumentNullException.ThrowIfNull(origins);

        // The methods are what the reference names; only GET and POST are ever used.
        var policy = new CorsPolicyBuilder().AllowAnyHeader().WithMethods("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE");

        Cors = origins is ["*"]
            ? policy.AllowAnyOrigin().Build()
            : policy.WithOrigins(Array.ConvertAll(origins, Normalize)).AllowCredentials().Build();

        static string Normalize(string origin) => origin == "null" ? origin
            : OriginName.TryParse(origin, out var name) ? name.ToString()
            : throw new ArgumentException($"\"{origin}\" is not an origin such as https://example.com.", nameof(origins));
    }

    /// <summary>A copy for the one that is made with it: whoever changes the options afterwards changes nothing.</summary>
    internal EngineIOOptions Freeze() => (EngineIOOptions)MemberwiseClone();
}
