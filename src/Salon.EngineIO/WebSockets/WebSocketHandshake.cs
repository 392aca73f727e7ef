using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Salon.EngineIO.EventLoops;

namespace Salon.EngineIO.WebSockets;

/// <summary>The opening handshake over HTTP/1.1 (RFC 6455, section 4.2) and HTTP/2 (RFC 8441).</summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether the request asks for a WebSocket, rightly or wrongly.</summary>
    public static bool IsRequested(HttpContext context) => IsExtendedConnect(context, out _) || IsUpgrade(context, out _);

    /// <summary>Accepts the WebSocket, or returns <see langword="null"/> when the request breaks the specification.</summary>
    public static async Task<AcceptedWebSocket?> TryAcceptAsync(HttpContext context, bool allowCompression, Func<IReadOnlyList<string>, string?> chooseSubProtocol)
    {
        var request = context.Request.Headers;
        var response = context.Response.Headers;

        if (request.SecWebSocketVersion != Version)
        {
            response.SecWebSocketVersion = Version;
            return null;
        }

        if (!SubProtocols.TryParse(request.SecWebSocketProtocol, out var offered))
        {
            return null;
        }

        // Where none is answered to those it has offered, a client gives up.
        if (offered.Count > 0 && chooseSubProtocol(offered) is { } chosen)
        {
            response.SecWebSocketProtocol = chosen;
        }

        // A client that reads slowly is this server's business: it bounds what is queued, and Kestrel's rate would come before.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        var isCompressed = allowCompression && Deflate.IsOffered(request.SecWebSocketExtensions);

        if (isCompressed)
        {
            response.SecWebSocketExtensions = Deflate.Response;
        }

        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();

        if (IsExtendedConnect(context, out var connect))
        {
            return new AcceptedWebSocket(await connect.AcceptAsync(), lifetime.Abort, EndSending: null, isCompressed, IsDetached: false);
        }

        if (!IsUpgrade(context, out var upgrade) || !TryComputeAccept(request.SecWebSocketKey, out var accept))
        {
            return null;
        }

        response.Connection = "Upgrade";
        response.Upgrade = "websocket";
        response.SecWebSocketAccept = accept;
        var stream = await upgrade.UpgradeAsync();

        if (context.Features.Get<LoopConnection>() is not { IsDetachable: true } connection)
        {
            return new AcceptedWebSocket(stream, lifetime.Abort, EndSending: null, isCompressed, IsDetached: false);
        }

        return await connection.TryDetachAsync() is { } socket
            ? new AcceptedWebSocket(socket, socket.Abort, socket.EndSending, isCompressed, IsDetached: true)
            : AcceptedWebSocket.Lost;
    }

    private static bool IsExtendedConnect(HttpContext context, [NotNullWhen(true)] out IHttpExtendedConnectFeature? feature)
    {
        feature = context.Features.Get<IHttpExtendedConnectFeature>();
        return feature is { IsExtendedConnect: true } && string.Equals(feature.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsUpgrade(HttpContext context, [NotNullWhen(true)] out IHttpUpgradeFeature? feature)
    {
        feature = context.Features.Get<IHttpUpgradeFeature>();

        return feature is { IsUpgradableRequest: true }
            && HttpMethods.IsGet(context.Request.Method)
            && context.Request.Headers.Upgrade.Contains("websocket", StringComparer.OrdinalIgnoreCase);
    }

    private static bool TryComputeAccept(string? key, out string accept)
    {
        accept = "";
        Span<byte> decoded = stackalloc byte[24];

        // Section 4.2.1: sixteen random bytes in base64, which always takes 24 characters.
        if (key is not { Length: 24 } || !Convert.TryFromBase64String(key, decoded, out var length) || length != 16)
        {
            return false;
        }

        Span<byte> input = stackalloc byte[24 + 36];
        Encoding.ASCII.GetBytes(key, input);
        Guid.CopyTo(input[24..]);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1; it proves that the server speaks WebSocket, and secures nothing.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        accept = Convert.ToBase64String(hash);
        return true;
    }
}
