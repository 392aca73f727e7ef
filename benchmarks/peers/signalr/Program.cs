// The same server on SignalR: Echo, Broadcast, Join and Say on the hub at /hub. PORT=3000 by default.
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["PORT"] ?? "3000"}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSignalR();

var app = builder.Build();
app.MapHub<BenchmarkHub>("/hub");
app.Run();

internal sealed class BenchmarkHub : Hub
{
    public string Echo(string value) => value;

    public Task Broadcast(string value) => Clients.All.SendAsync("b", value);

    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Say(string room, string value) => Clients.Group(room).SendAsync("b", value);
}
