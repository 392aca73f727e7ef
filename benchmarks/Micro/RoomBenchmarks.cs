using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.SocketIO;
using Salon.SocketIO.Adapters;

namespace Salon.Benchmarks.Micro;

/// <summary>Who gets a broadcast, among a thousand sockets that a real server has let in.</summary>
[MemoryDiagnoser]
public class RoomBenchmarks
{
    private const int SocketCount = 1000;

    private readonly RoomIndex _rooms = new(maxRooms: int.MaxValue);
    private WebApplication? _app;
    private Socket[] _sockets = [];

    // In this process BenchmarkDotNet does not wait for a task.
    [GlobalSetup]
    public void SetUp() => Task.Run(SetUpAsync).Wait();

    [GlobalCleanup]
    public void CleanUp() => _app!.DisposeAsync().AsTask().Wait();

    [Benchmark]
    public int Everybody() => Count([], []);

    [Benchmark]
    public int EverybodyButTheSender() => Count([], [_sockets[0].Id]);

    [Benchmark]
    public int RoomOfTen() => Count(["ten 1"], []);

    [Benchmark]
    public int RoomOfAHundredButTheSender() => Count(["hundred 1"], [_sockets[1].Id]);

    [Benchmark]
    public int TwoRoomsThatOverlap() => Count(["ten 1", "hundred 1"], []);

    [Benchmark]
    public int JoinSelectAndLeave()
    {
        _rooms.Join(_sockets[0], "ten 1");
        var count = Count(["ten 1"], []);
        _rooms.Leave(_sockets[0], "ten 1");
        return count;
    }

    [Benchmark]
    public int JoinAndLeaveBesidesTenThousandRooms()
    {
        _rooms.Join(_sockets[2], "one more");
        _rooms.Leave(_sockets[2], "one more");
        return 1;
    }

    private async Task SetUpAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSocketIO(static options => (options.PingInterval, options.PingTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        _app = builder.Build();
        var io = _app.MapSocketIO();
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        for (var i = 0; i < SocketCount; i++)
        {
            await ConnectAsync(http);
        }

        _sockets = [.. io.Sockets.Sockets.Values];

        for (var i = 0; i < SocketCount; i++)
        {
            _rooms.Add(_sockets[i]);
            _rooms.Join(_sockets[i], $"ten {i % 100}");
            _rooms.Join(_sockets[i], $"hundred {i % 10}");
        }

        for (var i = 0; i < 10_000; i++)
        {
            _rooms.Join(_sockets[2], $"alone {i}");
        }
    }

    private static async Task ConnectAsync(HttpClient http)
    {
        const string Path = "/socket.io/?EIO=4&transport=polling";
        var open = await http.GetStringAsync(new Uri(Path, UriKind.Relative));
        var id = System.Text.Json.JsonDocument.Parse(open.AsMemory(1)).RootElement.GetProperty("sid").GetString();
        using var connect = new StringContent("40");
        using var accepted = await http.PostAsync(new Uri($"{Path}&sid={id}", UriKind.Relative), connect);

        // The answer: from here on the socket is in.
        await http.GetStringAsync(new Uri($"{Path}&sid={id}", UriKind.Relative));
    }

    private int Count(IReadOnlyList<string> rooms, IReadOnlyList<string> except)
    {
        var selection = _rooms.Select(rooms, except);
        return selection.Sockets.Count - (selection.Without is null ? 0 : 1);
    }
}
