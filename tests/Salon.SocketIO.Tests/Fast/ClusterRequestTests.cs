using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Questions to other servers: when they end, and with what.</summary>
[Trait("Stage", "fast")]
public class ClusterRequestTests
{
    private readonly Members _members = new();
    private int _others = 2;

    [Fact]
    public async Task A_question_ends_when_all_have_answered_and_is_nobodys_from_then_on()
    {
        await using var parts = new Parts();
        using var requests = Create(parts);
        var request = requests.Start(TimeSpan.FromSeconds(5));

        Respond(requests, request, "a", "1");
        requests.OnResponse(new ClusterMessage(ClusterMessageType.ServerSideEmitResponse) { Sender = "b", RequestId = "another", Answer = Json("9") });
        requests.OnResponse(new ClusterMessage(ClusterMessageType.ServerSideEmitResponse) { Sender = "b", Answer = Json("9") });
        Assert.False(request.Ended.IsCompleted);
        Respond(requests, request, "b", "2");
        Respond(requests, request, "b", "3");

        var answers = await request.Ended;
        Assert.Equal(["1", "2"], answers.Answers.Select(static answer => answer.ToString()));
        Assert.Equal((2, 2), (answers.Servers, answers.Expected));
    }

    [Fact]
    public async Task A_deadline_ends_it_with_what_there_is()
    {
        await using var parts = new Parts();
        using var requests = Create(parts);
        var request = requests.Start(TimeSpan.FromSeconds(5));
        Respond(requests, request, "a", "1");

        parts.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Single((await request.Ended).Answers);
    }

    [Fact]
    public async Task A_server_that_goes_is_not_waited_for()
    {
        await using var parts = new Parts();
        using var requests = Create(parts);
        var request = requests.Start(TimeSpan.FromSeconds(5));
        Respond(requests, request, "a", "1");

        _others = 1;
        _members.Go("b");

        Assert.Equal((1, 1), ((await request.Ended).Servers, (await request.Ended).Expected));
    }

    [Fact]
    public async Task A_server_that_goes_after_its_answer_does_not_end_the_waiting_for_another()
    {
        await using var parts = new Parts();
        using var requests = Create(parts);
        var request = requests.Start(TimeSpan.FromSeconds(5));
        Respond(requests, request, "a", "1");

        _others = 1;
        _members.Go("a");

        Assert.False(request.Ended.IsCompleted);
        Respond(requests, request, "b", "2");
        Assert.Equal(2, (await request.Ended).Answers.Count);
    }

    [Theory]
    [InlineData("count b, count a 2, ack a, ack a")]
    [InlineData("ack a, count a 2, count b, ack a")]
    [InlineData("ack a, ack a, count a 2, count b")]
    [InlineData("count a 2, ack a, count b, ack a")]
    public async Task Answers_of_clients_are_waited_for_in_whatever_order_they_come(string steps)
    {
        await using var parts = new Parts();
        using var requests = Create(parts);
        var request = requests.Start(TimeSpan.FromSeconds(5));
        var all = steps.Split(", ");

        foreach (var step in all)
        {
            Assert.False(request.Ended.IsCompleted, step);
            var words = step.Split(' ');
            requests.OnResponse(words[0] == "ack"
                ? new ClusterMessage(ClusterMessageType.BroadcastAck) { Sender = words[1], RequestId = request.Id, Answer = Json("1") }
                : new ClusterMessage(ClusterMessageType.BroadcastClientCount) { Sender = words[1], RequestId = request.Id, ClientCount = words.Length == 3 ? 2 : 0 });
        }

        var answers = await request.Ended;
        Assert.Equal((2, 2), (answers.Answers.Count, answers.Asked));
    }

    [Fact]
    public async Task Alone_nobody_is_waited_for_and_the_end_of_the_server_ends_all()
    {
        await using var parts = new Parts();
        _others = 0;
        var requests = Create(parts);
        Assert.True(requests.Start(TimeSpan.FromSeconds(5)).Ended.IsCompleted);

        _others = 1;
        var request = requests.Start(TimeSpan.FromSeconds(5));
        requests.Dispose();

        Assert.Empty((await request.Ended).Answers);
        Assert.False(_members.HasListeners);
    }

    private ClusterRequests Create(Parts parts) => new(_members, parts.IO.Deadlines, request => request.Expect(_others));

    private static void Respond(ClusterRequests requests, ClusterRequest request, string server, string answer) =>
        requests.OnResponse(new ClusterMessage(ClusterMessageType.ServerSideEmitResponse) { Sender = server, RequestId = request.Id, Answer = Json(answer) });

    private static RawJson Json(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), []);

    private sealed class Members : IClusterMembers
    {
        public event Action<string>? Left;

        public event Action<string>? Joined
        {
            add { }
            remove { }
        }

        public string Self => "self";

        public IReadOnlyCollection<string> Others => [];

        public bool HasListeners => Left is not null;

        public void Go(string server) => Left?.Invoke(server);
    }
}
