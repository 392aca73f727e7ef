using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Hosting;
using Salon.App.Lab;
using Salon.App.Lab.Processor;
using Salon.App.Lab.Traffic;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// One measurement of processor time at a time, whatever becomes of it: <see cref="ProcessorMeter"/>, and the thread of its clients,
/// <see cref="VirtualClients"/>. The server is a port at which nobody says anything, or nobody at all; our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class ProcessorMeterTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly ILoggerFactory _logging;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly Server _server = new();
    private readonly LabRuns _runs;
    private readonly ProcessorMeter _meter;

    public ProcessorMeterTests()
    {
        _logging = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        _runs = new LabRuns(new TrackedConnections(), _time, AppSettings.Read(new ConfigurationBuilder().Build()));
        _meter = new ProcessorMeter(_runs, _server, _lifetime, _time, _logging.CreateLogger<ProcessorMeter>());
        _listener.Start();
        _server.Addresses.Addresses.Add(Address.ToString());
    }

    private Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Dispose()
    {
        _listener.Dispose();
        _runs.Dispose();
        _logging.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task While_one_is_measured_no_other_is_and_after_its_failure_the_next_may_be()
    {
        _logs.Expect("could not be measured");
        var (first, second) = (_runs.Begin(new LabSettings(), default), _runs.Begin(new LabSettings(), default));

        for (var round = 0; round < 2; round++)
        {
            await Eventually.Async("the one before is over", () => Record.Exception(() => _meter.Start(first, clients: 2)) is null);
            Assert.Equal("running", first.Processor!.State);
            Assert.True(first.IsResting);
            Assert.Equal("busy", Assert.Throws<LabException>(() => _meter.Start(second, 1)).Code);
            Assert.Equal("busy", Assert.Throws<LabException>(() => _meter.Start(first, 1)).Code);
            Assert.Null(second.Processor);
            Assert.Equal(3, _runs.Count);

            // The clients are connected, and never hear anything.
            _time.Advance(TimeSpan.FromSeconds(10));

            await Eventually.Async("it has failed", () => first.Processor.State == "failed" && !first.IsResting);
            await Eventually.Async("the run of its clients is over", () => _runs.Count == 2);
        }

        await Eventually.Async("it is said each time", () => _logs.Entries.Count() == 2);
    }

    [Fact]
    public async Task Where_there_is_no_server_it_fails_at_once_and_where_there_is_none_to_be_found_it_does_not_begin()
    {
        _logs.Expect("could not be measured");
        var run = _runs.Begin(new LabSettings(), default);
        _server.Addresses.Addresses.Clear();

        Assert.Equal("unsupported", Assert.Throws<LabException>(() => _meter.Start(run, 1)).Code);
        Assert.Null(run.Processor);
        _server.Addresses.Addresses.Add(Address.ToString());
        _listener.Stop();
        _meter.Start(run, 1);

        await Eventually.Async("it has failed", () => run.Processor!.State == "failed" && !run.IsResting && _runs.Count == 1);
    }

    [Fact]
    public async Task At_the_end_of_the_app_a_measurement_ends_and_nothing_is_said()
    {
        var run = _runs.Begin(new LabSettings(), default);
        _meter.Start(run, 1);

        _lifetime.StopApplication();

        await Eventually.Async("it has ended", () => run.Processor!.State == "failed" && !run.IsResting && _runs.Count == 1);
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Clients_that_are_ended_before_all_are_connected_keep_nobody_waiting()
    {
        var clients = VirtualClients.Start(Address, "run", LabTechnique.WebSocket, 3);
        await Eventually.Async("they have come", _listener.Pending);

        clients.Dispose();
        clients.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => clients.Connected.Soon());
        Assert.Null(clients.Failure);
        Assert.Equal(0, clients.Messages);
    }

    [Fact]
    public async Task All_are_connected_when_the_last_has_its_first_message_and_their_messages_are_counted_together()
    {
        using var clients = VirtualClients.Start(Address, "run", LabTechnique.EventStream, 2);
        using var first = await _listener.AcceptSocketAsync().Soon();
        using var second = await _listener.AcceptSocketAsync().Soon();

        first.Send("\"seq\":1 \"seq\":2"u8);
        await Eventually.Async("they are counted", () => clients.Messages == 2);
        Assert.False(clients.Connected.IsCompleted);
        second.Send("\"seq\":1"u8);

        await clients.Connected.Soon();
        Assert.Equal(3, clients.Messages);
        first.Dispose();
        await Eventually.Async("the end is noticed", () => clients.Failure is not null);
    }

    private sealed class Server : IServer
    {
        public Server() => Features.Set<IServerAddressesFeature>(Addresses);

        public ServerAddressesFeature Addresses { get; } = new();

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
