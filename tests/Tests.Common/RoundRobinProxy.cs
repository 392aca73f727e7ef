using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Salon.Tests;

/// <summary>
/// A proxy that does what one should not before sessions that poll: each request goes to the next server, whoever sends it. Disposing it stops it.
/// </summary>
public sealed class RoundRobinProxy : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    private readonly Uri[] _servers;
    private TestServer _server = null!;
    private int _last;

    private RoundRobinProxy(Uri[] servers) => _servers = servers;

    public Uri Uri => _server.Uri;

    public static async Task<RoundRobinProxy> StartAsync(params IEnumerable<Uri> servers)
    {
        var proxy = new RoundRobinProxy([.. servers]);
        proxy._server = await TestServer.StartAsync(app => app.Run(proxy.ServeAsync));

        // A client that goes away takes its request along.
        proxy._server.Logs.Expect("An unhandled exception");
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var server = _servers[(uint)Interlocked.Increment(ref _last) % (uint)_servers.Length];

        try
        {
            using var request = CreateRequest(context, server);
            using var response = await _http.SendAsync(request, context.RequestAborted);
            await PassAsync(context, response);
        }
        catch (HttpRequestException)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private static HttpRequestMessage CreateRequest(HttpContext context, Uri server)
    {
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(server, context.Request.Path + context.Request.QueryString.Value));

        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private static async Task PassAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;

        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection"))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);

        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            await body.CopyToAsync(context.Response.Body, context.RequestAborted);
            return;
        }

        context.Response.Headers.Connection = "Upgrade";
        await using var client = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var end = new CancellationTokenSource();
        var there = client.CopyToAsync(body, end.Token);
        var back = body.CopyToAsync(client, end.Token);
        await Task.WhenAny(there, back);
        await end.CancelAsync();
        await Task.WhenAll(there, back);
    }
}
