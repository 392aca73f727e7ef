using System.Net;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Requests;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Which pages may connect, what the answers say of it, and how often it is said in the log: <see cref="OriginPolicy"/>, without a server.</summary>
[Trait("Stage", "fast")]
public sealed class OriginPolicyTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly EngineIOOptions _options = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task That_hosts_are_checked_is_said_once_however_many_are_refused_at_once()
    {
        _options.AllowedHosts.Add("chat.example.com");
        var policy = Create();

        var refused = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => policy.Check(Request(host: "evil.example"))))).Soon();

        Assert.All(refused, static each => Assert.Equal((EngineErrorCode.Forbidden, "Host not allowed"), each));
        Assert.Single(_logs.Entries, static entry => entry.Level == LogLevel.Information);
        Assert.Equal(8, _logs.Entries.Count(static entry => entry.Message.Contains("evil.example", StringComparison.Ordinal)));
        Assert.Null(policy.Check(Request(host: "chat.example.com")));
    }

    [Theory]
    [InlineData("https://page.example", true)]
    [InlineData("HTTPS://Page.Example", true)]
    [InlineData("https://page.example/", true)]
    [InlineData("https://page.example:443", true)]
    [InlineData("http://page.example", false)]
    [InlineData("https://page.example.evil", false)]
    [InlineData("https://page.example:444", false)]
    [InlineData("null", false)]
    public void A_page_is_known_in_whatever_spelling_of_its_origin(string origin, bool isAllowed)
    {
        _options.Cors = Policy(static cors => cors.WithOrigins("https://page.example", "not an origin"));
        var (policy, request) = (Create(), Request(origin: origin));

        Assert.Equal(isAllowed ? null : (EngineErrorCode.Forbidden, "Origin not allowed"), policy.Check(request));
        Assert.False(policy.Apply(request, isWebSocket: false));
        Assert.Equal(isAllowed ? origin : "", request.Response.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(isAllowed ? "cross-origin" : "same-origin", request.Response.Headers["Cross-Origin-Resource-Policy"].ToString());
        Assert.Equal("Origin", request.Response.Headers.Vary.ToString());
    }

    [Fact]
    public void Whoever_the_application_is_asked_for_and_fails_is_refused_and_the_next_is_asked_for_again()
    {
        var asked = new List<string>();
        _options.Cors = Policy(cors => cors.SetIsOriginAllowed(origin =>
        {
            asked.Add(origin);
            return asked.Count <= 2 ? throw new InvalidOperationException() : origin == "https://page.example";
        }));
        var policy = Create();

        Assert.Equal(EngineErrorCode.Forbidden, policy.Check(Request(origin: "https://page.example"))!.Value.Code);
        Assert.Null(policy.Check(Request(origin: "https://page.example")));
        Assert.Equal(2, _logs.Entries.Count(static entry => entry.Exception is InvalidOperationException));
    }

    [Fact]
    public void A_preflight_is_answered_for_pages_that_may_and_is_an_ordinary_request_of_those_that_may_not()
    {
        _options.Cors = Policy(static cors => cors.WithOrigins("https://page.example").WithMethods("GET", "POST").AllowAnyHeader().AllowCredentials().SetPreflightMaxAge(TimeSpan.FromSeconds(600.4)));
        var policy = Create();
        var (allowed, foreign) = (Request("OPTIONS", "https://page.example"), Request("OPTIONS", "https://evil.example"));
        allowed.Request.Headers.AccessControlRequestHeaders = "x-one, x-two";

        Assert.True(policy.Apply(allowed, isWebSocket: false));
        Assert.False(policy.Apply(foreign, isWebSocket: false));

        var headers = allowed.Response.Headers;
        Assert.Equal((204, "GET,POST", "x-one, x-two", "true", "600"), (allowed.Response.StatusCode, headers.AccessControlAllowMethods.ToString(), headers.AccessControlAllowHeaders.ToString(), headers.AccessControlAllowCredentials.ToString(), headers.AccessControlMaxAge.ToString()));
        Assert.Equal("Origin,Access-Control-Request-Headers", headers.Vary.ToString());
        Assert.Equal("", foreign.Response.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal("", foreign.Response.Headers.AccessControlAllowMethods.ToString());
        Assert.Equal(200, foreign.Response.StatusCode);
    }

    [Fact]
    public void Where_all_pages_may_the_answer_is_the_same_for_all_and_need_not_vary()
    {
        _options.Cors = Policy(static cors => cors.AllowAnyOrigin().WithExposedHeaders("x-one", "x-two"));
        var (policy, request) = (Create(), Request(origin: "https://any.example"));

        Assert.Null(policy.Check(request));
        Assert.False(policy.Apply(request, isWebSocket: false));

        var headers = request.Response.Headers;
        Assert.Equal(("*", "x-one,x-two", ""), (headers.AccessControlAllowOrigin.ToString(), headers.AccessControlExposeHeaders.ToString(), headers.Vary.ToString()));
    }

    private static CorsPolicy Policy(Action<CorsPolicyBuilder> configure)
    {
        var builder = new CorsPolicyBuilder();
        configure(builder);
        return builder.Build();
    }

    private static DefaultHttpContext Request(string method = "GET", string? origin = null, string host = "chat.example.com")
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "https";
        context.Request.Host = new HostString(host);
        context.Connection.LocalIpAddress = IPAddress.Parse("192.0.2.1");

        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        return context;
    }

    private OriginPolicy Create()
    {
        var logger = _logs.CreateLogger("origins");
        return new OriginPolicy(_options, _services, new Guard(logger), logger);
    }
}
