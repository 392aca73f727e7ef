using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>
/// Requests on their way to the server of their session: <see cref="SentRequests"/> and <see cref="SentRequest"/>. The test is the other
/// server; our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class SentRequestTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new() { Others = ["them", "others"] };
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly CancellationTokenSource _stopping = new();
    private RedisMembers _members = null!;
    private SentRequests _sent = null!;

    public async ValueTask InitializeAsync()
    {
        _played.Answer = static call => call.Name == "PUBLISH" ? ScriptedRedis.Number(1) : call.Default;
        _played.Options.MaxForwardedRequests = 3;
        _members = new RedisMembers(_played.Client, _played.Options, _played.Refusals, new Guard(_played.Logger), _played.Time, _played.Logger);
        _sent = new SentRequests(new ForwardBus(_played.Hub, "me"), _members, _played.Options, _played.Hub.Metrics, _played.Time, _played.Logger, _stopping.Token);
        await _played.ConnectedAsync();
        await Eventually.Async("the others are known", () => _members.Others.Count == 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _members.DisposeAsync().AsTask().Soon();
        await _played.DisposeAsync();
        await _services.DisposeAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_request_is_sent_again_until_something_comes_back_and_its_answer_is_the_clients()
    {
        var (poll, context) = Forward("GET");
        await SaidAsync("Request 1 to them");
        _played.Time.Advance(TimeSpan.FromSeconds(0.5));
        await SaidAsync("Request 1 to them", "Request 1 to them");
        Reply(ForwardKind.Taken, 1, "others");
        Reply(ForwardKind.Taken, 1);
        _played.Time.Advance(TimeSpan.FromSeconds(5));
        Answer(1, "6", 202);

        Assert.Equal(ForwardStatus.Answered, await poll.Soon());
        Assert.Equal((202, "6", "yes"), (context.Response.StatusCode, Body(context), context.Response.Headers["X-Ours"].ToString()));
        await SaidAsync("Request 1 to them", "Request 1 to them", "Written 1 to them");
        Assert.Equal(0, _played.Hub.Metrics.Requests.Waiting);
    }

    [Fact]
    public async Task An_answer_that_comes_twice_is_confirmed_twice_and_one_that_nobody_asked_for_is_not()
    {
        var (poll, context) = Forward("GET");
        await SaidAsync("Request 1 to them");
        Answer(1, "6");
        Assert.Equal(ForwardStatus.Answered, await poll.Soon());
        Assert.Equal("6", Body(context));

        Answer(1, "late");
        Answer(77, "nobody's");
        Reply(ForwardKind.AskWritten, 1);
        Reply(ForwardKind.Taken, 77);
        Reply(ForwardKind.Unknown, 77);
        await SaidAsync("Request 1 to them", "Written 1 to them", "Written 1 to them", "Gone 77 to them", "Written 1 to them");
    }

    [Fact]
    public async Task What_another_server_says_of_it_than_the_one_that_was_asked_changes_nothing()
    {
        var (post, _) = Forward("POST");
        Reply(ForwardKind.Unknown, 1, "others");
        Answer(1, "wrong", sender: "others");
        Assert.False(post.IsCompleted);

        Reply(ForwardKind.Unknown, 1);
        Reply(ForwardKind.Unknown, 1);
        Assert.Equal(ForwardStatus.UnknownSession, await post.Soon());
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_after_ten_seconds_and_one_that_has_the_request_is_asked_before_twenty_five()
    {
        var (silent, _) = Forward("POST");
        await _played.UntilAsync("it is given up", () => silent.IsCompleted, seconds: 0.25);
        Assert.Equal(ForwardStatus.Unavailable, await silent);
        Assert.InRange(Said().Count, 2, 25);

        var (taken, _) = Forward("GET");
        Reply(ForwardKind.Taken, 2);
        var started = _played.Time.GetTimestamp();
        await _played.UntilAsync("it is given up", () => taken.IsCompleted, seconds: 0.5);
        Assert.Equal(ForwardStatus.Unavailable, await taken);
        Assert.InRange(_played.Time.GetElapsedTime(started).TotalSeconds, 25, 200);
        await Eventually.Async("it is told", () => Said()[^1] == "Gone 2 to them");
        Assert.Contains("Ask 2 to them", Said());
    }

    [Fact]
    public async Task A_client_that_goes_away_is_told_of_where_it_polled_and_not_where_it_posted()
    {
        using var leaving = new CancellationTokenSource();
        var (poll, _) = Forward("GET", aborted: leaving.Token);
        var (post, _) = Forward("POST", aborted: leaving.Token);
        await Eventually.Async("both are sent", () => Said().Count == 2);

        await leaving.CancelAsync();
        await Task.WhenAll(poll, post).Soon();

        await Eventually.Async("it is told", () => Said().Count == 3);
        Assert.Equal("Gone 1 to them", Said()[^1]);
    }

    [Fact]
    public async Task With_a_server_all_that_waits_for_it_is_over_and_nothing_is_sent_to_one_that_is_not_there()
    {
        var (first, _) = Forward("GET");
        var (second, _) = Forward("GET", server: "others");
        _sent.OnLeft("them");
        _sent.OnLeft("them");
        Assert.Equal(ForwardStatus.UnknownSession, await first.Soon());
        Assert.False(second.IsCompleted);

        var (nobody, _) = Forward("GET", server: "nobody");
        Assert.Equal(ForwardStatus.UnknownSession, await nobody.Soon());
        Assert.DoesNotContain(Said(), static said => said.EndsWith("to nobody", StringComparison.Ordinal));
        _sent.OnLeft("others");
        await second.Soon();
    }

    [Fact]
    public async Task So_many_are_on_their_way_and_no_more_and_there_is_room_again_once_one_is_over()
    {
        var waiting = Enumerable.Range(0, 3).Select(_ => Forward("POST").Forwarding).ToList();
        await Eventually.Async("all are sent", () => Said().Count == 3);
        Assert.Equal(ForwardStatus.Unavailable, await Forward("POST").Forwarding.Soon());
        Assert.Equal(3, _played.Hub.Metrics.Requests.Waiting);

        Answer(2, "ok");
        Assert.Equal(ForwardStatus.Answered, await waiting[1].Soon());
        var (next, _) = Forward("POST");
        await Eventually.Async("it is sent", () => Said().Count == 4);
        _sent.OnLeft("them");
        await Task.WhenAll([.. waiting, next]).Soon();
        Assert.Equal(0, _played.Hub.Metrics.Requests.Waiting);
    }

    [Fact]
    public async Task Who_finds_no_room_for_its_body_is_told_so_after_ten_seconds_of_our_clock()
    {
        _played.Options.MaxForwardedBytes = 10;
        _sent = new SentRequests(new ForwardBus(_played.Hub, "me"), _members, _played.Options, _played.Hub.Metrics, _played.Time, _played.Logger, _stopping.Token);
        var (first, _) = Forward("POST");
        await SaidAsync("Request 1 to them");
        Reply(ForwardKind.Taken, 1);
        var (second, _) = Forward("POST");

        _played.Time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(second.IsCompleted);
        _played.Time.Advance(TimeSpan.FromSeconds(0.001));
        await Eventually.Async("it is told so", () => second.IsCompleted, TimeSpan.FromSeconds(9));

        Assert.Equal(ForwardStatus.Unavailable, await second);
        Assert.False(first.IsCompleted);
        _sent.OnLeft("them");
        await first.Soon();
        Assert.Equal(0, _played.Hub.Metrics.Requests.Waiting);
    }

    [Fact]
    public async Task At_the_end_of_this_server_polls_are_let_go_and_asked_again_and_posts_are_not()
    {
        var (poll, _) = Forward("GET");
        var (post, _) = Forward("POST");
        await Eventually.Async("both are sent", () => Said().Count == 2);
        Reply(ForwardKind.Taken, 1);
        Reply(ForwardKind.Taken, 2);

        await _stopping.CancelAsync();
        _sent.Release();
        await Eventually.Async("it is asked", () => Said().Count == 3);
        Assert.Equal("Release 1 to them", Said()[^1]);
        Answer(1, "6");
        Answer(2, "ok");
        await Task.WhenAll(poll, post).Soon();
    }

    private (Task<ForwardStatus> Forwarding, DefaultHttpContext Context) Forward(string method, string server = "them", CancellationToken aborted = default)
    {
        var context = new DefaultHttpContext { RequestServices = _services, RequestAborted = aborted };
        context.Request.Method = method;
        context.Request.Path = "/socket.io/";
        context.Response.Body = new MemoryStream();
        return (_sent.ForwardAsync(server, context, "4hello"u8.ToArray()), context);
    }

    private void Reply(ForwardKind kind, ulong id, string sender = "them") => Take(new ForwardMessage(kind, sender, id));

    private void Answer(ulong id, string body, int status = 200, string sender = "them") =>
        Take(new ForwardMessage(ForwardKind.Answer, sender, id) { Status = status, Headers = [new("X-Ours", "yes")], Body = Encoding.ASCII.GetBytes(body) });

    // As it comes from the bus: through the codec.
    private void Take(ForwardMessage message) => _sent.OnReply(ForwardCodec.Decode(ForwardCodec.Encode(message)));

    private static string Body(DefaultHttpContext context) => Encoding.ASCII.GetString(((MemoryStream)context.Response.Body).ToArray());

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
