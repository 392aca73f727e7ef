using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salon.SocketIO.Admin.Access;

namespace Salon.SocketIO.Admin.Pages;

/// <summary>Serves the UI's files to administrators, who show their password by HTTP Basic.</summary>
internal sealed class AdminPages(AdminGate gate)
{
    // The UI writes styles while it runs, and asks nobody but the server.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' http: https: ws: wss:; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly AdminFiles _files = new();

    public async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";

        if (!await IsAdministratorAsync(context))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = "Basic realm=\"Socket.IO admin\", charset=\"UTF-8\"";
            return;
        }

        var name = context.Request.RouteValues["file"] as string;

        if (name is null && !context.Request.Path.Value!.EndsWith('/'))
        {
            // The page's links are relative.
            response.Redirect(context.Request.PathBase + context.Request.Path + "/");
            return;
        }

        await _files.ServeAsync(context, name ?? "index.html");
    }

    private async ValueTask<bool> IsAdministratorAsync(HttpContext context)
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase)
            || TryDecode(header.Parameter) is not { } credentials)
        {
            return false;
        }

        var (username, password) = credentials;
        return await gate.IsAdministratorAsync(context.Connection.RemoteIpAddress, username, password);
    }

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
}
