using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Salon.Http;
using Salon.SocketIO.Admin.Access;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests.Fast;

/// <summary>How many passwords may be tried, which browsers are known, and when sessions end. By our clock, without a server.</summary>
[Trait("Stage", "fast")]
public sealed class AccessStateTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromHours(8);

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();

    [Fact]
    public void An_asker_has_twenty_wrong_tries_and_one_more_every_three_seconds_and_takes_none_of_others()
    {
        var tries = new AdminTries(_time);
        Assert.Equal(20, Take(tries, Address(1), 100));
        Assert.Equal(20, Take(tries, Address(2), 100));

        _time.Advance(AdminTries.Pause - TimeSpan.FromTicks(1));
        Assert.Equal(0, Take(tries, Address(1), 5));
        _time.Advance(TimeSpan.FromTicks(2));
        Assert.Equal(1, Take(tries, Address(1), 5));
        _time.Advance(AdminTries.Pause * 1000);
        Assert.Equal(20, Take(tries, Address(1), 100));
    }

    [Fact]
    public void Who_asks_while_there_is_none_does_not_put_the_next_one_off()
    {
        var tries = new AdminTries(_time);
        Take(tries, Address(1), 20);

        for (var i = 0; i < 31; i++)
        {
            _time.Advance(AdminTries.Pause / 30);
            tries.TryTake(Address(1));
        }

        _time.Advance(AdminTries.Pause);
        Assert.Equal(1, Take(tries, Address(1), 5));
    }

    [Fact]
    public void A_right_password_costs_nothing_and_what_is_given_back_too_often_makes_no_more()
    {
        var tries = new AdminTries(_time);

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(tries.TryTake(Address(1)));
            tries.GiveBack(Address(1));
        }

        tries.GiveBack(Address(1));
        tries.GiveBack(Address(2));
        Assert.Equal(20, Take(tries, Address(1), 100));
        Assert.Equal(20, Take(tries, Address(2), 100));
    }

    [Fact]
    public void Of_very_many_askers_the_one_that_tried_longest_ago_is_forgotten()
    {
        var tries = new AdminTries(_time);
        Take(tries, Address(0), 20);
        _time.Advance(TimeSpan.FromTicks(1));

        for (var i = 1; i < 10_000; i++)
        {
            Take(tries, Address(i), 20);
        }

        Assert.Equal(0, Take(tries, Address(0), 1));
        Assert.Equal(20, Take(tries, Address(10_000), 20));
        Assert.Equal(0, Take(tries, Address(9_999), 1));
        Assert.Equal(1, Take(tries, Address(0), 1));
    }

    [Fact]
    public async Task Guesses_in_parallel_are_no_more_than_guesses_one_by_one_and_nobody_is_asked_beyond_them()
    {
        var asked = 0;
        var answer = new TaskCompletionSource<bool>();
        var gate = new AdminGate(
            new AdminOptions { Authenticate = (_, _) => { Interlocked.Increment(ref asked); return new ValueTask<bool>(answer.Task); } }, _time, new Guard(_logs.CreateLogger("guard")));

        var guesses = Enumerable.Range(0, 100).Select(_ => gate.AskAsync(IPAddress.Loopback, null, "admin", "guess").AsTask()).ToList();
        Assert.Equal(20, asked);
        answer.SetResult(false);
        var verdicts = await Task.WhenAll(guesses).Soon();

        Assert.Equal((20, 80), (verdicts.Count(static verdict => verdict == AdminVerdict.Wrong), verdicts.Count(static verdict => verdict == AdminVerdict.TooManyTries)));
    }

    [Fact]
    public async Task Whoever_locks_an_address_out_does_not_lock_out_a_browser_that_an_administrator_has_used_and_a_failure_is_a_wrong_try()
    {
        var gate = new AdminGate(
            new AdminOptions { Authenticate = static (_, password) => password == "fail" ? throw new InvalidOperationException("A mistake of the application.") : ValueTask.FromResult(password == "right") },
            _time,
            new Guard(_logs.CreateLogger("guard")));
        var device = gate.Devices.Issue("admin");

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AdminVerdict.Wrong, await gate.AskAsync(IPAddress.Loopback, "none of ours", "admin", i % 2 == 0 ? "wrong" : "fail"));
        }

        Assert.Equal(AdminVerdict.TooManyTries, await gate.AskAsync(IPAddress.Loopback, null, "admin", "right"));
        Assert.Equal(AdminVerdict.Right, await gate.AskAsync(IPAddress.Loopback, device, "admin", "right"));
        Assert.Equal(AdminVerdict.Right, await gate.AskAsync(IPAddress.Parse("10.0.0.1"), null, "admin", "right"));
    }

    [Fact]
    public void A_browser_is_known_until_its_time_is_over_or_the_tokens_of_its_name_are_ended()
    {
        var devices = new AdminDevices(_time, Duration);
        var (ann, bob) = (devices.Issue("Ann"), devices.Issue("Bob"));
        Assert.Equal("Ann", devices.Find(ann)!.Username);
        Assert.Equal(devices.Find(ann), devices.Find(ann));
        Assert.NotEqual(devices.Find(ann)!.Id, devices.Find(devices.Issue("Ann"))!.Id);

        devices.End("Ann");
        devices.End("nobody");
        Assert.Null(devices.Find(ann));
        Assert.NotNull(devices.Find(bob));
        _time.Advance(TimeSpan.FromTicks(1));
        var later = devices.Issue("Ann");
        Assert.NotNull(devices.Find(later));
        devices.End(null);
        devices.End("Bob");
        Assert.Null(devices.Find(bob));
        Assert.Null(devices.Find(later));

        _time.Advance(TimeSpan.FromTicks(1));
        var last = devices.Issue("\u00dcnal");
        _time.Advance(Duration - TimeSpan.FromTicks(1));
        Assert.Equal("\u00dcnal", devices.Find(last)!.Username);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(devices.Find(last));
    }

    [Fact]
    public void A_token_that_was_changed_anywhere_or_is_of_another_process_is_none_of_ours()
    {
        var devices = new AdminDevices(_time, Duration);
        var token = WebEncoders.Base64UrlDecode(devices.Issue("admin"));

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToArray();
            changed[i] ^= 1;
            Assert.Null(devices.Find(WebEncoders.Base64UrlEncode(changed)));
            Assert.Null(devices.Find(WebEncoders.Base64UrlEncode(token.AsSpan(0, i))));
        }

        Assert.Null(devices.Find(WebEncoders.Base64UrlEncode([.. token, 0])));
        Assert.Null(new AdminDevices(_time, Duration).Find(WebEncoders.Base64UrlEncode(token)));

        foreach (var none in new[] { null, "", "%", "=", new string('A', 2048), new string('A', 1_000_000) })
        {
            Assert.Null(devices.Find(none));
        }

        Assert.NotNull(devices.Find(WebEncoders.Base64UrlEncode(token)));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(8)]
    [InlineData(24 * 100)]
    public void A_session_ends_by_itself_when_its_time_is_over_however_long_that_is(double hours)
    {
        var duration = TimeSpan.FromHours(hours);
        var sessions = new AdminSessions(_time, duration);
        var (first, second) = (sessions.Open("Ann"), sessions.Open("Ann"));
        Assert.NotEqual(first, second);

        _time.Advance(duration - TimeSpan.FromMilliseconds(1));
        Assert.True(sessions.Contains(first));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(sessions.Contains(first));
        Assert.Equal(0, sessions.End(null));
    }

    [Fact]
    public void Sessions_are_ended_by_name_or_all_and_each_once()
    {
        var sessions = new AdminSessions(_time, Duration);
        var (ann, bob) = (sessions.Open("Ann"), sessions.Open("Bob"));
        sessions.Open("Ann");

        Assert.Equal(2, sessions.End("Ann"));
        Assert.Equal(0, sessions.End("Ann"));
        Assert.Equal((false, true), (sessions.Contains(ann), sessions.Contains(bob)));
        Assert.False(sessions.Contains("unknown"));
        Assert.Equal(1, sessions.End(null));
        _time.Advance(Duration * 2);
        Assert.Equal(0, sessions.End(null));
    }

    [Fact]
    public void Beyond_a_thousand_the_session_that_ends_next_goes_for_a_new_one()
    {
        var sessions = new AdminSessions(_time, Duration);
        var all = new List<string>();

        for (var i = 0; i < 1_002; i++)
        {
            all.Add(sessions.Open("Ann"));
            _time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal([false, false, true], all.Take(3).Select(sessions.Contains));
        Assert.Equal(1_000, sessions.End("Ann"));
    }

    private static Asker Address(int number) => new(ClientAddress.Of(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number])), null);

    private static int Take(AdminTries tries, Asker asker, int times) => Enumerable.Range(0, times).Count(_ => tries.TryTake(asker));
}
