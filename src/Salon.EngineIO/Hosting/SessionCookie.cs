using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO;

/// <summary>The cookie that the reference server sets when it is asked to: <c>io=…; path=/; samesite=lax; httponly</c>.</summary>
public sealed class SessionCookie : CookieBuilder
{
    /// <summary>Creates the cookie with its defaults.</summary>
    public SessionCookie()
    {
        Name = "io";
        Path = "/";
        HttpOnly = true;
        SameSite = SameSiteMode.Lax;
    }
}
