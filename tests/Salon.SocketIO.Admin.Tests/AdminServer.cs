using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>A server that is administered.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    public const string Password = "correct horse";

    private readonly TestServer _server;

    private AdminServer(TestServer server, SocketIOServer io, SocketIOAdmin admin) => (_server, IO, Admin) = (server, io, admin);

    public SocketIOAdmin Admin { get; }

    public Uri Uri => _server.Uri;

    public SocketIOServer IO { get; }

    public HttpClient Http => _server.Http;

    public LogWatcher Logs => _server.Logs;

    public static async Task<AdminServer> StartAsync(Action<AdminOptions>? configure = null, TimeProvider? time = null, Action<IServiceCollection>? add = null)
    {
        SocketIOServer io = null!;
        SocketIOAdmin admin = null!;

        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();
                io.OnConnection(socket =>
                {
                    socket.Data["user"] = "Alice";
                    socket.Data["object"] = new object();
                    socket.On("echo", (EventArguments arguments, Ack ack) => ack.SendAsync(arguments));
                    socket.On("join", (string room) => socket.JoinAsync(room));
                    socket.On("leave", (string room) => socket.LeaveAsync(room));
                });
                admin = app.MapSocketIOAdmin(options =>
                {
                    options.UsePassword("admin", Password);
                    options.Mode = AdminMode.Development;
                    configure?.Invoke(options);
                });
            },
            services =>
            {
                services.AddSocketIO(options => (options.PingInterval, options.AllowEIO3, options.AnswerUnknownEvents) = (TimeSpan.FromHours(1), true, true));
                add?.Invoke(services);
            },
            time);

        return new AdminServer(server, io, admin);
    }

    public Task<RawClient> OpenAsync(string transport) => RawClient.OpenAsync(_server.Uri, transport, "/socket.io/");

    /// <summary>Connects somebody whom administrators may watch.</summary>
    /// <returns>The client, and its socket's id.</returns>
    public async Task<(RawClient Client, string Id)> ConnectAsync(string transport)
    {
        var client = await OpenAsync(transport);
        await client.SendAsync("40{\"token\":\"secret\"}");
        return (client, JsonDocument.Parse((await client.ReceiveAsync())![2..]).RootElement.GetProperty("sid").GetString()!);
    }

    /// <summary>Connects an administrator.</summary>
    public async Task<Administrator> AdministerAsync(string transport, string auth = $"{{\"username\":\"admin\",\"password\":\"{Password}\"}}")
    {
        var client = await OpenAsync(transport);
        await client.SendAsync($"40/admin,{auth}");
        return new Administrator(client);
    }

    /// <summary>Shows a password to the pages.</summary>
    /// <returns>The cookie that it brings.</returns>
    public async Task<string> SignInAsync(string username = "admin")
    {
        using var response = await GetAsync("/admin/socketio/", username, Password);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>Asks for a page, as a browser that has nothing but this.</summary>
    public async Task<HttpResponseMessage> GetAsync(
        string path, string? username = null, string? password = null, string? cookie = null, HttpMethod? method = null, string? site = null)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = Uri };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);

        if (username is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));
        }

        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await http.SendAsync(request);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
