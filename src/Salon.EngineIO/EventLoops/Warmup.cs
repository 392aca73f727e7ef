using System.Net.WebSockets;
using System.Reflection;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.WebUtilities;
using Salon.EngineIO.Protocol;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Opens at the start what the first request would open. When there are no descriptors at that moment, the runtime does not forget: an
/// assembly that could not be read once is missing until the process ends.
/// </summary>
internal static class Warmup
{
    // Of ASP.NET Core's own, which no type can name from here.
    private static readonly string[] Names =
    [
        "Microsoft.AspNetCore.Http.Results",
        "Microsoft.Extensions.Validation",
        "System.Collections.Immutable",
    ];

    /// <summary>Does it; doing it again costs nothing.</summary>
    public static void Run()
    {
        // Both keep the device of random numbers open from then on: ids are made of the one, names of connections of the other.
        Span<byte> random = stackalloc byte[1];
        RandomNumberGenerator.Fill(random);
        _ = Guid.NewGuid();

        _ = new ClaimsPrincipal(new ClaimsIdentity());
        _ = QueryHelpers.ParseQuery("?a=b");
        _ = EnginePacket.TryParse("4"u8.ToArray(), out _);
        _ = new Type[] { typeof(WebSocket), typeof(IAllowAnonymous) }.Length;

        foreach (var name in Names)
        {
            TryLoad(name);
        }
    }

    private static void TryLoad(string name)
    {
        try
        {
            _ = Assembly.Load(name);
        }
        catch (FileNotFoundException)
        {
            // Published without it, so nobody will ask for it either.
        }
    }
}
