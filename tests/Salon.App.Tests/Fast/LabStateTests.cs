using System.Net;
using Microsoft.Extensions.Configuration;
using Salon.App.Hosting;
using Salon.App.Lab;
using Salon.App.Lab.Traffic;
using Salon.App.Streaming;
using Salon.Http;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>When a run of the lab ends, whom it lets in, and how many there may be.</summary>
[Trait("Stage", "fast")]
public sealed class LabStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LabRuns _runs;

    public LabStateTests() => _runs = new LabRuns(new TrackedConnections(), _time, AppSettings.Read(new ConfigurationBuilder().Build()));

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _runs.StopAsync(default);
        _runs.Dispose();
    }

    [Fact]
    public void A_run_ends_two_minutes_after_the_last_who_asked_or_left_it()
    {
        var run = Begin();
        Pass(minutes: 2);
        Assert.False(run.IsOver);
        run.Ask();
        Pass(minutes: 2);
        Assert.False(run.IsOver);

        using (run.TryEnter(static () => { }))
        {
            Pass(minutes: 50);
            Assert.False(run.IsOver);
        }

        Pass(minutes: 2);
        Assert.False(run.IsOver);
        Pass(seconds: 0.001);
        Assert.True(run.IsOver);
    }

    [Fact]
    public void A_run_ends_after_an_hour_whoever_is_in_it()
    {
        var run = Begin();
        using var visit = run.TryEnter(static () => { });

        Pass(minutes: 60);
        Assert.False(run.IsOver);
        run.Ask();
        Pass(seconds: 0.001);
        Assert.True(run.IsOver);
    }

    [Fact]
    public void Who_asks_too_often_is_told_when_to_ask_again_and_the_labs_own_clients_may()
    {
        var (run, own) = (Begin(), _runs.BeginVirtual(new LabSettings()));

        for (var i = 0; i < LabLimits.RequestBurst; i++)
        {
            run.Ask();
            own.Ask();
        }

        var refusal = Assert.Throws<LabException>(run.Ask);
        Assert.Equal(("rate_limited", 429), (refusal.Code, refusal.Status));
        own.Ask();
        Assert.InRange(refusal.RetryAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        _time.Advance(refusal.RetryAfter.Value);
        run.Ask();
        Assert.Throws<LabException>(run.Ask);
    }

    [Fact]
    public void So_many_are_let_in_and_one_who_leaves_makes_room_once()
    {
        var run = Begin();
        var visits = Enumerable.Range(0, LabLimits.ConnectionsPerRun).Select(_ => run.TryEnter(static () => { })!).ToList();

        Assert.Equal("too_many_connections", Assert.Throws<LabException>(() => run.TryEnter(static () => { })).Code);
        visits[0].Dispose();
        visits[0].Dispose();
        using var next = run.TryEnter(static () => { });
        Assert.Throws<LabException>(() => run.TryEnter(static () => { }));

        Assert.Equal(LabLimits.ConnectionsPerRun, run.ConnectionCount);
        visits.ForEach(static visit => visit.Dispose());
        Assert.Equal(1, run.ConnectionCount);
    }

    [Fact]
    public void A_cut_breaks_who_is_there_and_keeps_everybody_out_until_it_is_over()
    {
        var run = Begin();
        var aborted = new List<string>();
        using var there = run.TryEnter(() => aborted.Add("there"));
        run.TryEnter(() => aborted.Add("gone"))!.Dispose();

        run.Interrupt(LabPhase.Cut, TimeSpan.FromSeconds(5));

        Assert.Equal(["there"], aborted);
        Assert.Null(run.TryEnter(static () => { }));
        Pass(seconds: 2);
        Assert.Equal((LabPhase.Cut, TimeSpan.FromSeconds(3)), run.Phase);
        run.Advance();
        Assert.True(run.Messages.Current.Head > 0, "Messages are made though nobody gets through.");

        // Another one begins when it is asked for.
        run.Interrupt(LabPhase.Cut, TimeSpan.FromSeconds(4));
        Pass(seconds: 3.999);
        run.Advance();
        Assert.Null(run.TryEnter(static () => { }));
        Pass(seconds: 0.001);
        run.Advance();
        Assert.Equal((LabPhase.Open, TimeSpan.Zero), run.Phase);
        Assert.NotNull(run.TryEnter(static () => { }));
    }

    [Fact]
    public void A_restart_forgets_everything_and_no_cut_ends_it_sooner()
    {
        var run = Begin(new LabSettings(Rate: 20, Loss: 1000));
        Pass(seconds: 1);
        run.Advance();
        var (before, told) = run.Messages.Current;
        Assert.True(run.Breaks(LabTechnique.WebSocket, Event(1)));

        run.Interrupt(LabPhase.Restarting, LabLimits.RestartTime);
        run.Interrupt(LabPhase.Cut, TimeSpan.FromSeconds(0.1));
        Pass(seconds: 1.4);
        run.Advance();
        Assert.Equal(LabPhase.Restarting, run.Phase.Phase);
        Assert.Equal(told, run.Messages.Current.Head);

        Pass(seconds: 0.1);
        run.Advance();
        Assert.Equal(LabPhase.Open, run.Phase.Phase);
        Assert.NotEqual(before.Epoch, run.Messages.Current.Ring.Epoch);
        Assert.InRange(run.Messages.Current.Head, 0, 1);
        Assert.True(run.Breaks(LabTechnique.WebSocket, Event(1)));
    }

    [Fact]
    public void A_message_is_lost_once_for_each_technique_and_none_that_is_older()
    {
        var run = Begin(new LabSettings(Loss: 1000));

        Assert.True(run.Breaks(LabTechnique.WebSocket, Event(5)));
        Assert.False(run.Breaks(LabTechnique.WebSocket, Event(5)));
        Assert.False(run.Breaks(LabTechnique.WebSocket, Event(4)));
        Assert.True(run.Breaks(LabTechnique.EventStream, Event(5)));
        Assert.True(run.Breaks(LabTechnique.WebSocket, Event(6)));

        run.Settings = new LabSettings();
        Assert.False(run.Breaks(LabTechnique.WebSocket, Event(7)));
    }

    [Fact]
    public void A_run_that_rests_makes_no_messages()
    {
        var run = Begin();
        run.IsResting = true;
        Pass(seconds: 1);
        run.Advance();
        Assert.Equal(0, run.Messages.Current.Head);

        run.IsResting = false;
        run.Advance();
        Assert.True(run.Messages.Current.Head > 0);
    }

    [Fact]
    public void A_visit_that_is_over_is_ended_by_nobody()
    {
        var run = Begin();
        var aborted = 0;
        var visit = run.TryEnter(() => aborted++)!;

        visit.Dispose();
        visit.Abort();

        Assert.Equal(0, aborted);
    }

    [Fact]
    public void One_address_does_not_have_all_runs_and_all_together_have_so_many()
    {
        var mine = Enumerable.Range(0, LabLimits.RunsPerAddress).Select(_ => Begin(address: "192.0.2.1")).ToList();
        Assert.Equal("rate_limited", Assert.Throws<LabException>(() => Begin(address: "192.0.2.1")).Code);
        var others = Enumerable.Range(0, LabLimits.Runs - LabLimits.RunsPerAddress).Select(_ => Begin(address: "192.0.2.2")).ToList();

        Assert.Equal("too_many_runs", Assert.Throws<LabException>(() => Begin(address: "192.0.2.3")).Code);
        Assert.Equal(LabLimits.Runs, _runs.Count);

        // The lab's own run takes nobody's place, and one that ends twice gives back one.
        _runs.End(_runs.BeginVirtual(new LabSettings()));
        Assert.Throws<LabException>(() => Begin(address: "192.0.2.3"));
        _runs.End(others[0]);
        _runs.End(others[0]);
        Begin(address: "192.0.2.3");
        Assert.Throws<LabException>(() => Begin(address: "192.0.2.3"));

        // Who has begun so many begins the next one as slowly as they may, though there is room again.
        _runs.End(mine[0]);
        Assert.Equal("rate_limited", Assert.Throws<LabException>(() => Begin(address: "192.0.2.1")).Code);
        Pass(seconds: 2);
        Begin(address: "192.0.2.1");
    }

    [Fact]
    public void A_run_is_found_by_its_name_until_it_ends()
    {
        var run = Begin();
        using var visit = run.TryEnter(static () => { });

        Assert.Same(run, _runs.Find(run.Id));
        Assert.False(_runs.IsVirtual(run.Id));
        Assert.True(_runs.IsVirtual(_runs.BeginVirtual(new LabSettings()).Id));
        _runs.End(run);

        Assert.Equal("unknown_run", Assert.Throws<LabException>(() => _runs.Find(run.Id)).Code);
        Assert.Equal("unknown_run", Assert.Throws<LabException>(() => _runs.Find(null)).Code);
        Assert.Null(run.TryEnter(static () => { }));
        _runs.EndAll();
        Assert.Equal(0, _runs.Count);
    }

    [Fact]
    public async Task The_clock_of_all_runs_makes_their_messages_and_ends_those_that_nobody_asks_for()
    {
        await _runs.StartAsync(default);
        var run = Begin();

        await Eventually.Async("there are messages", () => IsAfter(TimeSpan.FromMilliseconds(50), () => run.Messages.Current.Head > 0));
        await Eventually.Async("it has ended", () => IsAfter(TimeSpan.FromSeconds(1), () => _runs.Count == 0));

        // The clock stood still meanwhile.
        var next = Begin();
        await Eventually.Async("there are messages again", () => IsAfter(TimeSpan.FromMilliseconds(50), () => next.Messages.Current.Head > 0));
    }

    private static StreamEvent Event(long sequence)
    {
        var ring = new EventRing("e", 10, sequence - 1);
        return ring.Add(new NewEvent("message", "1"u8.ToArray()));
    }

    private LabRun Begin(LabSettings? settings = null, string address = "192.0.2.9") =>
        _runs.Begin(settings ?? new LabSettings(), ClientAddress.Of(IPAddress.Parse(address)));

    private void Pass(double minutes = 0, double seconds = 0) => _time.Advance(TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(seconds));

    private bool IsAfter(TimeSpan time, Func<bool> condition)
    {
        _time.Advance(time);
        return condition();
    }
}
