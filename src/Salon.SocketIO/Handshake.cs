using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Salon.EngineIO;

namespace Salon.SocketIO;

/// <summary>What a client said of itself when it connected: its first request, and the <c>auth</c> of this namespace. Immutable.</summary>
public sealed class Handshake
{
    private readonly EngineHandshake _engine;
    private readonly byte[] _auth;

    // In a box: sockets are used from any thread, and who reads while another sets it must see all of it or nothing.
    private object? _parsedAuth;

    internal Handshake(EngineHandshake engine, ReadOnlyMemory<byte> auth)
    {
        _engine = engine;
        _auth = auth.IsEmpty ? "{}"u8.ToArray() : auth.ToArray();
    }

    /// <summary>The client's credentials: a JSON object, empty when the client gave none. It is what the client says, checked by nobody yet.</summary>
    public JsonElement Auth => (JsonElement)(Volatile.Read(ref _parsedAuth) ?? LazyInitializer.EnsureInitialized(ref _parsedAuth, () => Parse(_auth)));

    /// <summary>The headers of the first request; names are matched without regard to case.</summary>
    public IReadOnlyDictionary<string, StringValues> Headers => _engine.Headers;

    /// <summary>The query of the first request, <c>EIO</c> and <c>transport</c> included.</summary>
    public IQueryCollection Query => _engine.Query;

    /// <summary>The path and query of the first request.</summary>
    public string Url => _engine.Url;

    /// <summary>The client's address; behind a proxy, the one that the forwarded-headers middleware found.</summary>
    public IPAddress? Address => _engine.RemoteAddress;

    /// <summary>Whether the request had an <c>Origin</c> header, that is, came from a page.</summary>
    public bool XDomain => _engine.HasOrigin;

    /// <summary>Whether the request came over TLS.</summary>
    public bool Secure => _engine.IsSecure;

    /// <summary>When the session was opened.</summary>
    public DateTimeOffset Issued => _engine.Issued;

    /// <summary>The user that ASP.NET Core's authentication found in the first request; anonymous without it.</summary>
    public ClaimsPrincipal User => _engine.User;

    /// <summary>Reads what a client says of itself: an object, empty when it says nothing.</summary>
    internal static JsonElement ParseAuth(ReadOnlyMemory<byte> auth) => Parse(auth.IsEmpty ? "{}"u8.ToArray() : auth.ToArray());

    private static JsonElement Parse(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
