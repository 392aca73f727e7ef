using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO;

/// <summary>A request that was refused.</summary>
/// <param name="Context">The request; valid as long as the handler runs.</param>
/// <param name="Code">Why.</param>
/// <param name="Message">What the client is told.</param>
public sealed record ConnectionError(HttpContext Context, EngineErrorCode Code, string Message);
