using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>
/// What other servers forward here is handled once, however often it comes, and what is said of it meanwhile: <see cref="ServedRequests"/> and
/// <see cref="ServedRequest"/>. Our clock; the test is the other server.
/// </summary>
[Trait("Stage", "fast")]
public sealed class ServedRequestTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly ServedRequests _served;
    private readonly TaskCompletionSource _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<CancellationToken> _aborted = [];
    private Func<HttpContext, CancellationToken, Task<bool>> _serve;
    private int _calls;

    public ServedRequestTests()
    {
        _played.Answer = static call => call.Name == "PUBLISH" ? ScriptedRedis.Number(1) : call.Default;
        _served = new ServedRequests(new ForwardBus(_played.Hub, "me"), ServeAsync, _played.Options, _services, _played.Hub.Metrics, _played.Hub.Guard, _played.Time, _played.Logger);
        _serve = async (context, _) =>
        {
            await _answering.Task;
            await context.Response.WriteAsync("6", CancellationToken.None);
            return true;
        };
    }

    public ValueTask InitializeAsync() => new(_played.ConnectedAsync());

    public async ValueTask DisposeAsync()
    {
        await _played.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_poll_is_handled_once_however_often_it_comes_and_its_answer_is_said_again_until_somebody_has_it()
    {
        Take(Poll(1));
        await SaidAsync("Taken 1");
        Take(Poll(1));
        Say(ForwardKind.Ask, 1);
        await SaidAsync("Taken 1", "Taken 1", "Taken 1");

        _answering.SetResult();
        await SaidAsync("Answer 1 6");
        Take(Poll(1));
        await SaidAsync("Answer 1 6", "Answer 1 6");
        Say(ForwardKind.Written, 1);
        await _played.UntilAsync("it is over", () => Said().LastOrDefault() != "Answer 1 6" || AnswerIsGone(1));

        Assert.Equal(1, _calls);
        Assert.False(_aborted[0].IsCancellationRequested);
    }

    [Fact]
    public async Task A_post_that_is_over_is_answered_again_for_half_a_minute_and_handled_anew_after_that()
    {
        _answering.SetResult();
        Take(Post(1));
        await SaidAsync("Answer 1 6");
        _played.Time.Advance(TimeSpan.FromSeconds(30));
        Take(Post(2));
        await SaidAsync("Answer 1 6", "Answer 2 6");
        Take(Post(1));
        await SaidAsync("Answer 1 6", "Answer 2 6", "Answer 1 6");
        Assert.Equal(2, _calls);

        _played.Time.Advance(TimeSpan.FromSeconds(0.001));
        Take(Post(3));
        await Eventually.Async("it is handled", () => _calls == 3);
        Take(Post(1));
        await Eventually.Async("it is handled anew", () => _calls == 4);
    }

    [Fact]
    public async Task A_post_is_not_harmed_by_whoever_sent_it_going_away_and_a_poll_is_given_up()
    {
        Take(Poll(1));
        await Eventually.Async("the poll is being handled", () => Volatile.Read(ref _calls) == 1);
        Take(Post(2));
        await Eventually.Async("the POST is too", () => Volatile.Read(ref _calls) == 2);
        var (poll, post) = (_aborted[0], _aborted[1]);

        _served.OnLeft("another server");
        Say(ForwardKind.Gone, 1, sender: "another server");
        Assert.False(poll.IsCancellationRequested);
        _served.OnLeft("them");
        _served.OnLeft("them");

        Assert.Equal((true, false), (poll.IsCancellationRequested, post.IsCancellationRequested));
        Say(ForwardKind.Gone, 2);
        Say(ForwardKind.Gone, 1);
        Assert.False(post.IsCancellationRequested);
        _answering.SetResult();
        await Eventually.Async("the POST is answered", () => Said().Contains("Answer 2 6"));
    }

    [Fact]
    public async Task A_poll_that_nobody_asks_for_any_more_is_given_up_and_one_that_is_asked_for_is_not()
    {
        Take(Poll(1));
        Take(Poll(2));
        await Eventually.Async("both are being handled", () => _calls == 2);

        _played.Time.Advance(TimeSpan.FromSeconds(24.9));
        Say(ForwardKind.Ask, 2);
        _played.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([false, true], _aborted.Select(static token => token.IsCancellationRequested).Order());

        _played.Time.Advance(TimeSpan.FromSeconds(24.8));
        Assert.Equal(1, _aborted.Count(static token => token.IsCancellationRequested));
        _played.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, _aborted.Count(static token => token.IsCancellationRequested));
        _answering.SetResult();
    }

    [Fact]
    public async Task An_answer_that_nobody_confirms_is_said_again_every_half_second_for_ten_and_then_the_poll_is_given_up()
    {
        _answering.SetResult();
        Take(Poll(1));
        await SaidAsync("Answer 1 6");

        for (var i = 2; i <= 10; i++)
        {
            var before = Said().Count;
            await _played.UntilAsync("it is said again", () => Said().Count > before);
        }

        await _played.UntilAsync("it is given up", () => _aborted[0].IsCancellationRequested);
        var said = Said().Count;
        Assert.InRange(said, 10, 25);
        await _played.UntilAsync("it is over", () => AnswerIsGone(1));
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task While_the_client_reads_it_is_asked_whether_it_has_read_and_the_answer_is_not_said_again()
    {
        _answering.SetResult();
        Take(Poll(1));
        await SaidAsync("Answer 1 6");
        Say(ForwardKind.Received, 1);

        await _played.UntilAsync("it is asked", () => Said().LastOrDefault() == "AskWritten 1");
        Assert.InRange(Said().Count(static said => said == "Answer 1 6"), 1, 2);
        Say(ForwardKind.Received, 1);
        Say(ForwardKind.Written, 1);
        Say(ForwardKind.Written, 1);
        await _played.UntilAsync("it is over", () => AnswerIsGone(1));
        Assert.False(_aborted[0].IsCancellationRequested);
    }

    [Fact]
    public async Task A_session_that_is_not_here_is_unknown_and_looked_for_anew_when_it_is_asked_for_again()
    {
        _serve = static (_, _) => Task.FromResult(false);
        Take(Poll(1));
        await SaidAsync("Unknown 1");
        Say(ForwardKind.Ask, 1);
        Say(ForwardKind.Ask, 99);
        await SaidAsync("Unknown 1", "Unknown 1", "Unknown 99");

        foreach (var kind in new[] { ForwardKind.Received, ForwardKind.Written, ForwardKind.Release, ForwardKind.Gone })
        {
            Say(kind, 1);
        }

        Take(Poll(1));
        await Eventually.Async("it is looked for anew", () => _calls == 2);
    }

    [Fact]
    public async Task What_fails_in_the_app_is_answered_with_500_without_what_was_set_before_and_is_remembered()
    {
        _played.Logs.Expect("that another server has forwarded failed");
        _serve = static async (context, _) =>
        {
            context.Response.Headers["X-Half"] = "done";
            await Task.Yield();
            throw new InvalidOperationException("A mistake of the application.");
        };

        Take(Post(1));
        await Eventually.Async("it is answered", () => Said().Contains("Answer 1 "));
        Take(Post(1));
        await Eventually.Async("it is answered again", () => Said().Count(static said => said == "Answer 1 ") == 2);

        Assert.Equal(1, _calls);
        Assert.All(Messages().Where(static message => message.Kind == ForwardKind.Answer), static answer => Assert.Equal((500, 0), (answer.Status, answer.Headers.Count)));
        _played.Logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_all_that_may_be_on_its_way_ends_its_poll_and_keeps_no_room()
    {
        _played.Logs.Expect("too large to be forwarded");
        _serve = async (context, _) =>
        {
            await context.Response.Body.WriteAsync(new byte[_played.Options.MaxForwardedBytes + 1], CancellationToken.None);
            return true;
        };
        Take(Poll(1));
        await Eventually.Async("it is given up", () => _aborted.Count == 1 && _aborted[0].IsCancellationRequested);

        Assert.True(_served.Budget.AcquireAsync(_played.Options.MaxForwardedBytes, default).IsCompletedSuccessfully);
        Say(ForwardKind.Ask, 1);
        await Eventually.Async("there is no answer", () => Said().LastOrDefault() == "Unknown 1");
    }

    [Fact]
    public async Task A_release_reaches_the_session_and_the_end_waits_a_second_for_goodbyes()
    {
        var released = new TaskCompletionSource<CancellationToken>();
        _serve = async (_, token) =>
        {
            released.SetResult(token);
            await _answering.Task;
            return true;
        };
        Take(Poll(1));
        var token = await released.Task.Soon();
        Say(ForwardKind.Release, 1);
        Say(ForwardKind.Release, 1);
        Assert.True(token.IsCancellationRequested);

        var ending = _served.DisposeAsync().AsTask();
        _played.Time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.False(ending.IsCompleted);
        _played.Time.Advance(TimeSpan.FromSeconds(0.001));
        await ending.Soon();
        _answering.SetResult();
    }

    private static ForwardMessage Poll(ulong id) => Request("GET", id, "");

    private static ForwardMessage Post(ulong id) => Request("POST", id, "4hello");

    private static ForwardMessage Request(string method, ulong id, string body) => new(ForwardKind.Request, "them", id)
    {
        Request = new RequestHead(method, "http", "localhost", "/socket.io/", "?EIO=4", "10.0.0.1"),
        Body = Encoding.ASCII.GetBytes(body),
    };

    private async Task<bool> ServeAsync(HttpContext context, CancellationToken released)
    {
        lock (_aborted)
        {
            _aborted.Add(context.RequestAborted);
        }

        Interlocked.Increment(ref _calls);
        return await _serve(context, released);
    }

    // As it comes from the bus: through the codec.
    private void Take(ForwardMessage message) => _served.OnMessage(ForwardCodec.Decode(ForwardCodec.Encode(message)));

    private void Say(ForwardKind kind, ulong id, string sender = "them") => Take(new ForwardMessage(kind, sender, id));

    private bool AnswerIsGone(ulong id)
    {
        var before = Said().Count(said => said == $"Unknown {id}");
        Say(ForwardKind.Ask, id);
        return before > 0;
    }

    private IEnumerable<ForwardMessage> Messages() => _played.Redis.Commands
        .Where(static command => command.StartsWith("PUBLISH socket.io-http#them# ", StringComparison.Ordinal))
        .Select(static command => ForwardCodec.Decode(Encoding.Latin1.GetBytes(command.Split(' ', 3)[2])));

    private List<string> Said() => [.. Messages().Select(static message => $"{message.Kind} {message.Id}" + (message.Kind == ForwardKind.Answer ? $" {Encoding.UTF8.GetString(message.Body.Span)}" : ""))];

    private Task SaidAsync(params string[] said) => Eventually.Async(
        $"it is said: {string.Join(", ", said)}",
        () => Said().Where(message => said.Contains(message)).SequenceEqual(said));
}
