using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.EngineIO;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Whose a session is, and what goes to whom: <see cref="RequestForwarder"/> from its beginning to its end. The test is Redis and the other servers; our clock.</summary>
[Trait("Stage", "fast")]
public sealed class RequestForwarderTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new() { Others = ["them", "others"] };
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ServiceProvider _services;
    private RedisMembers _members = null!;
    private RequestForwarder _forwarder = null!;

    public RequestForwarderTests() => _services = new ServiceCollection().AddSingleton<IHostApplicationLifetime>(_lifetime).BuildServiceProvider();

    /// <summary>How often Redis was asked who is there.</summary>
    private int Rounds => _played.Redis.Count("EVALSHA") + _played.Redis.Count("EVAL");

    public async ValueTask InitializeAsync()
    {
        _played.Answer = static call => call.Name == "PUBLISH" ? ScriptedRedis.Number(1) : call.Default;
        _members = (RedisMembers)_played.Hub.Members;
        _forwarder = new RequestForwarder(_played.Hub, _members, _services, _played.Time, _played.Logger);
        await _played.ConnectedAsync();
        await Eventually.Async("the others are known", () => _members.Others.Count == 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _forwarder.DisposeAsync().AsTask().Soon();
        await _played.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task The_server_of_a_session_is_known_by_its_id_and_Redis_is_not_asked()
    {
        var asked = Rounds;

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(["them"], await _forwarder.FindServersAsync(SessionTag.CreateId("them"), default));
            Assert.Empty(await _forwarder.FindServersAsync(_forwarder.CreateSessionId(), default));
            Assert.Empty(await _forwarder.FindServersAsync("nobody made this", default));
        }

        Assert.Equal(asked, Rounds);
    }

    [Fact]
    public async Task A_server_that_has_just_come_is_found_also_right_after_somebody_asked_for_one_that_is_not_there()
    {
        Assert.Empty(await FindAsync("nobody"));

        for (var i = 0; i < 5; i++)
        {
            _played.Others = [.. _played.Others, $"late{i}"];
            Assert.Equal([$"late{i}"], await FindAsync($"late{i}"));
        }
    }

    [Fact]
    public async Task A_thousand_wait_for_Redis_at_a_time_and_more_are_answered_by_what_is_known()
    {
        Assert.Empty(await FindAsync("nobody"));
        var waiting = Enumerable.Range(0, 1_000).Select(_ => FindNowAsync("nobody")).ToList();

        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(FindNowAsync("nobody").IsCompletedSuccessfully));
        Assert.All(waiting, static each => Assert.False(each.IsCompleted));

        await _played.UntilAsync("all are answered", () => waiting.TrueForAll(static each => each.IsCompleted), seconds: 0.01);
        Assert.False(FindNowAsync("nobody").IsCompleted);
    }

    [Fact]
    public async Task However_many_ids_are_made_up_Redis_is_asked_a_few_times_a_second()
    {
        var asked = Rounds;
        var finding = new List<Task<IReadOnlyList<string>>>();

        for (var i = 0; i < 20; i++)
        {
            finding.AddRange(Enumerable.Range(0, 50).Select(_ => FindNowAsync("nobody")));
            _played.Time.Advance(TimeSpan.FromSeconds(0.05));
        }

        await _played.UntilAsync("all are answered", () => finding.TrueForAll(static each => each.IsCompleted));
        Assert.All(finding, static each => Assert.Empty(each.Result));

        // Five a second, one that was under way, and two for the lease.
        Assert.InRange(Rounds - asked, 1, 9);
    }

    [Fact]
    public async Task Who_leaves_while_Redis_is_asked_waits_no_longer_and_harms_nobody()
    {
        using var leaving = new CancellationTokenSource();
        var (left, stayed) = (FindNowAsync("late", leaving.Token), FindNowAsync("late"));
        _played.Others = ["late"];

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Soon());
        await _played.UntilAsync("the other is answered", () => stayed.IsCompleted);
        Assert.Equal(["late"], await stayed);
    }

    [Fact]
    public async Task Without_Redis_nobody_waits_for_a_server_that_nobody_knows()
    {
        _played.Logs.Expect("could not be renewed");
        _played.Redis.Stop();
        await Eventually.Async("it is away", () => _played.Client.State != Salon.Redis.RedisState.Connected);

        Assert.Empty(await _forwarder.FindServersAsync(SessionTag.CreateId("nobody"), default).AsTask().Soon());
        Assert.Equal(["them"], await _forwarder.FindServersAsync(SessionTag.CreateId("them"), default));
    }

    [Fact]
    public async Task What_comes_from_others_is_served_and_what_they_answer_is_for_those_who_wait()
    {
        var calls = 0;
        _forwarder.Start(async (context, _) =>
        {
            Interlocked.Increment(ref calls);
            await context.Response.WriteAsync("6", CancellationToken.None);
            return true;
        });
        await ListeningAsync();

        var (post, context) = Forward("POST");
        await SaidAsync("Request 1 to them");
        Say(Request(1));
        await SaidAsync("Request 1 to them", "Answer 1 to them");
        Assert.False(post.IsCompleted);
        Say(new ForwardMessage(ForwardKind.Taken, "them", 1));
        Say(new ForwardMessage(ForwardKind.Answer, "them", 1) { Status = 200, Body = "ok"u8.ToArray() });

        Assert.Equal(ForwardStatus.Answered, await post.Soon());
        Assert.Equal("ok", Encoding.ASCII.GetString(((MemoryStream)context.Response.Body).ToArray()));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task When_a_server_goes_what_waits_for_it_and_what_it_waits_for_is_over()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _forwarder.Start(async (context, _) =>
        {
            await using var registered = context.RequestAborted.UnsafeRegister(static source => ((TaskCompletionSource)source!).SetResult(), aborted);
            await aborted.Task;
            return true;
        });
        await ListeningAsync();
        var (poll, _) = Forward("GET");
        Say(Request(1, "GET"));
        await SaidAsync("Request 1 to them", "Taken 1 to them");

        _played.Others = ["others"];
        await _played.UntilAsync("it is gone", () => _members.Others.Count == 1, seconds: 0.05);

        Assert.Equal(ForwardStatus.UnknownSession, await poll.Soon());
        await aborted.Task.Soon();
    }

    [Fact]
    public async Task When_the_app_is_about_to_stop_polls_are_let_go_at_once()
    {
        _forwarder.Start(static (_, _) => Task.FromResult(true));
        await ListeningAsync();
        var (poll, _) = Forward("GET");
        await SaidAsync("Request 1 to them");

        _lifetime.StopApplication();

        await SaidAsync("Request 1 to them", "Release 1 to them");
        Say(new ForwardMessage(ForwardKind.Answer, "them", 1) { Status = 200, Body = "6"u8.ToArray() });
        Assert.Equal(ForwardStatus.Answered, await poll.Soon());
    }

    [Fact]
    public async Task That_requests_are_forwarded_is_said_once_however_many_are_the_first()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Forward("POST", "nobody").Forwarding))).Soon();

        Assert.Single(_played.Logs.Entries, static entry => entry.Message.Contains("Sticky sessions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_belongs_to_one_server_and_after_its_end_nothing_is_served()
    {
        var calls = 0;
        _forwarder.Start((_, _) => Task.FromResult(Interlocked.Increment(ref calls) > 0));
        await ListeningAsync();
        Assert.Throws<InvalidOperationException>(() => _forwarder.Start(static (_, _) => Task.FromResult(true)));

        await _forwarder.DisposeAsync().AsTask().Soon();
        await _forwarder.DisposeAsync().AsTask().Soon();

        Assert.Equal(0, Say(Request(1)));
        _lifetime.StopApplication();
        _played.Others = [];
        await _played.UntilAsync("they are gone", () => _members.Others.Count == 0, seconds: 0.5);
        Assert.Equal(0, calls);
        Assert.Empty(Said());
    }

    private static ForwardMessage Request(ulong id, string method = "POST") => new(ForwardKind.Request, "them", id)
    {
        Request = new RequestHead(method, "http", "localhost", "/socket.io/", "?EIO=4", "10.0.0.1"),
        Body = "4hello"u8.ToArray(),
    };

    private async Task<IReadOnlyList<string>> FindAsync(string server)
    {
        var finding = FindNowAsync(server);
        await _played.UntilAsync("it is answered", () => finding.IsCompleted, seconds: 0.01);
        return await finding;
    }

    private Task<IReadOnlyList<string>> FindNowAsync(string server, CancellationToken leaving = default) =>
        _forwarder.FindServersAsync(SessionTag.CreateId(server), leaving).AsTask();

    private (Task<ForwardStatus> Forwarding, DefaultHttpContext Context) Forward(string method, string server = "them")
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Method = method;
        context.Response.Body = new MemoryStream();
        return (_forwarder.ForwardAsync(server, context, "4hello"u8.ToArray()), context);
    }

    private Task ListeningAsync() => Eventually.Async("it listens", () => _played.Redis.CountSubscribers($"socket.io-http#{_members.Self}#") == 1);

    private int Say(ForwardMessage message) => _played.Redis.Publish($"socket.io-http#{_members.Self}#", Encoding.Latin1.GetString(ForwardCodec.Encode(message)));

    private List<string> Said() =>
    [
        .. _played.Redis.Commands.Where(static command => command.StartsWith("PUBLISH socket.io-http#", StringComparison.Ordinal)).Select(static command =>
        {
            var words = command.Split(' ', 3);
            var message = ForwardCodec.Decode(Encoding.Latin1.GetBytes(words[2]));
            return $"{message.Kind} {message.Id} to {words[1].Split('#')[1]}";
        }),
    ];

    private Task SaidAsync(params string[] said) => Eventually.Async($"it is said: {string.Join(", ", said)}", () => Said().SequenceEqual(said));
}
