using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salon.SocketIO.Admin.Access;

namespace Salon.SocketIO.Admin.Pages;

/// <summary>Serves the UI's files to administrators, who show their password by HTTP Basic once, and then the cookie that it brought; and signs them out.</summary>
internal sealed class AdminPages(AdminGate gate, SocketIOAdmin admin)
{
    private const string SignOut = "sign-out";

    // The UI writes styles while it runs, and asks nobody but the server.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly AdminFiles _files = new();

    public async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";

        if (await FindAdministratorAsync(context) is not { } username)
        {
            return;
        }

        var name = context.Request.RouteValues["file"] as string;

        if (name is null && !context.Request.Path.Value!.EndsWith('/'))
        {
            // The page's links are relative.
            response.Redirect(context.Request.PathBase + context.Request.Path + "/");
            return;
        }

        if (name == SignOut && HttpMethods.IsPost(context.Request.Method))
        {
            End(context, username);
            return;
        }

        await _files.ServeAsync(context, name ?? "index.html");
    }

    private static CookieOptions CookieFor(HttpContext context) => new()
    {
        // The namespace is elsewhere on this server, and counts tries by it too.
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
    };

    private static (string Username, string Password)? ReadBasic(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase)
            ? TryDecode(header.Parameter)
            : null;

    private static (string Username, string Password)? TryDecode(string? parameter)
    {
        var buffer = new byte[parameter?.Length ?? 0];

        if (!Convert.TryFromBase64String(parameter ?? "", buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    /// <returns>The administrator's name; <see langword="null"/> when there is none, which has been answered.</returns>
    private async ValueTask<string?> FindAdministratorAsync(HttpContext context)
    {
        var (response, device) = (context.Response, context.Request.Cookies[AdminGate.Cookie]);

        if (gate.Devices.Find(device) is { } known)
        {
            return known.Username;
        }

        if (ReadBasic(context) is { } basic)
        {
            switch (await gate.AskAsync(context.Connection.RemoteIpAddress, device, basic.Username, basic.Password))
            {
                case AdminVerdict.Right:
                    var cookie = CookieFor(context);
                    cookie.MaxAge = gate.SessionDuration;
                    response.Cookies.Append(AdminGate.Cookie, gate.Devices.Issue(basic.Username), cookie);
                    return basic.Username;

                case AdminVerdict.TooManyTries:
                    response.StatusCode = StatusCodes.Status429TooManyRequests;
                    response.Headers.RetryAfter = AdminTries.Pause.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                    return null;
            }
        }

        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.Headers.WWWAuthenticate = "Basic realm=\"Socket.IO admin\", charset=\"UTF-8\"";
        return null;
    }

    private void End(HttpContext context, string username)
    {
        // Browsers show a password that they keep to any page that asks; only the UI's own may ask for this.
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        admin.EndSessions(username);
        context.Response.Cookies.Delete(AdminGate.Cookie, CookieFor(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
