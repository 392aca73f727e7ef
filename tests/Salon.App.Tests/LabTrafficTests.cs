using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The lab's figures of the network beside a count of the packets on it, made by somebody else.</summary>
public class LabTrafficTests
{
    private const int Messages = 60;

    [Theory]
    [InlineData("polling")]
    [InlineData("long-polling")]
    [InlineData("sse")]
    [InlineData("websocket")]
    public async Task The_bytes_of_a_technique_are_those_on_the_wire(string technique)
    {
        await using var server = await AppServer.StartAsync();
        using var packets = PacketCounter.Start(server.Uri.Port);
        using var run = await LabClient.BeginAsync(server, new { rate = 50, payload = 200 });

        await ReceiveAsync(server, run, technique);
        run.Dispose();
        await AssertAgreesAsync(server, run, technique, packets);
    }

    [Fact]
    public async Task Techniques_that_share_a_connection_pay_for_their_own_requests()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 50 });
        var cursor = (await run.PollAsync().Soon())!.Cursor;

        for (var i = 0; i < 20; i++)
        {
            cursor = (await run.PollAsync(cursor, wait: i % 2).Soon())?.Cursor ?? cursor;
        }

        var techniques = (await run.ReportAsync()).GetProperty("techniques");
        var (shortly, patiently) = (techniques.GetProperty("polling"), techniques.GetProperty("long-polling"));

        Assert.Single(run.Ports);
        Assert.Equal(1, shortly.GetProperty("connections").GetInt64());
        Assert.Equal(0, patiently.GetProperty("connections").GetInt64());
        Assert.Equal(11, shortly.GetProperty("requests").GetInt64());
        Assert.Equal(10, patiently.GetProperty("requests").GetInt64());

        // The same line with the same headers, so many times.
        Assert.InRange(patiently.GetProperty("bytesIn").GetDouble() / 10, shortly.GetProperty("bytesIn").GetDouble() / 11 * 0.85, shortly.GetProperty("bytesIn").GetDouble() / 11 * 1.15);
    }

    [Fact]
    public async Task What_a_technique_costs_the_processor_is_measured_for_each()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processor time is measured on Linux only.");

        // A process of its own: here the other tests would be measured, too.
        using var data = new TemporaryDirectory();
        using var process = AppProcess.Start(("DATA_DIR", data.Path));
        using var run = await LabClient.BeginAsync(await process.ListeningAsync(), new { rate = 50 });

        var cursor = (await run.PollAsync().Soon())!.Cursor;
        await run.PostAsync("processor", new { clients = 20 });
        JsonElement report;

        // The run rests meanwhile: a long poll waits without disturbing what is measured.
        while ((report = (await run.ReportAsync()).GetProperty("processor")).GetProperty("state").GetString() == "running")
        {
            cursor = (await run.PollAsync(cursor, wait: 1))?.Cursor ?? cursor;
        }

        Assert.Equal("done", report.GetProperty("state").GetString());
        var techniques = report.GetProperty("techniques").EnumerateObject().ToList();
        Assert.Equal(["polling", "long-polling", "sse", "websocket", "socketio-polling", "socketio-websocket"], techniques.Select(static technique => technique.Name));

        // Twenty clients, a hundred messages a second, two and a half seconds; a busy machine tells them fewer.
        Assert.All(techniques, static technique => Assert.InRange(technique.Value.GetProperty("messages").GetInt64(), 20, 6_500));
        Assert.All(techniques, static technique => Assert.Equal(
            technique.Value.GetProperty("milliseconds").GetDouble() / technique.Value.GetProperty("messages").GetInt64() * 1_000,
            technique.Value.GetProperty("perThousand").GetDouble(),
            tolerance: 0.5));
    }

    private static async Task ReceiveAsync(AppServer server, LabClient run, string technique)
    {
        using var clock = await LabClient.BeginAsync(server, new { rate = 50 });

        switch (technique)
        {
            case "sse":
                await run.StreamAsync(Messages);
                break;

            case "websocket":
                using (var socket = await run.OpenWebSocketAsync())
                {
                    for (var i = 0; i < Messages; i++)
                    {
                        await LabClient.ReceiveAsync(socket);
                    }

                    break;
                }

            default:
                var wait = technique == "polling" ? 0 : 1;
                var cursor = (await run.PollAsync("", wait).Soon())!.Cursor;

                for (var received = 0; received < Messages;)
                {
                    if (await run.PollAsync(cursor, wait).Soon() is { } polled)
                    {
                        (cursor, received) = (polled.Cursor, received + polled.Numbers.Count);
                    }

                    if (wait == 0)
                    {
                        // Instead of a pause: the next message, told on another way.
                        await clock.StreamAsync(1);
                    }
                }

                break;
        }
    }

    private static async Task AssertAgreesAsync(AppServer server, LabClient run, string technique, PacketCounter packets)
    {
        var told = default(JsonElement);

        await Eventually.Async("the connections have ended", async () =>
        {
            await packets.CatchUpAsync();
            var before = packets.Sum(run.Ports).Packets;
            var report = JsonDocument.Parse(await server.Http.GetStringAsync(run.Path)).RootElement;
            told = report.GetProperty("techniques").GetProperty(technique);
            await packets.CatchUpAsync();
            return packets.Sum(run.Ports).Packets == before;
        });

        var counted = packets.Sum(run.Ports);
        var bytes = told.GetProperty("wireBytes").GetDouble();
        var segments = told.GetProperty("packetsIn").GetDouble() + told.GetProperty("packetsOut").GetDouble();
        TestContext.Current.SendDiagnosticMessage($"{technique}: {bytes} bytes in {segments} packets; counted {counted.Bytes} in {counted.Packets}.");

        Assert.InRange(bytes / counted.Bytes, 0.95, 1.05);
        Assert.InRange(segments / counted.Packets, 0.9, 1.1);
    }
}
