using System.Text;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Streams;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Who asks the others to let go of a client waits for all of them, and for nobody who is gone. No Redis.</summary>
[Trait("Stage", "fast")]
public sealed class ReleasesTests : IDisposable
{
    private readonly Members _members = new();
    private readonly List<(string? Server, string Text)> _said = [];
    private readonly List<(string PrivateId, Action Then)> _released = [];
    private readonly Releases _releases;

    public ReleasesTests() => _releases = new Releases(
        _members,
        (server, message) => _said.Add((server, Encoding.UTF8.GetString(message.Span))),
        (privateId, then) => _released.Add((privateId, then)));

    public void Dispose() => _releases.Dispose();

    [Fact]
    public void Whoever_asks_waits_until_all_have_answered_or_left()
    {
        _members.Others = ["b", "c"];

        var released = _releases.Ask("secret");
        Assert.Equal([(null, "a secret")], _said);
        _releases.OnAnswered("b secret"u8);
        _releases.OnAnswered("b secret"u8);
        _releases.OnAnswered("c another"u8);
        _releases.OnAnswered("c"u8);
        _releases.OnAnswered("c secret x"u8);
        Assert.False(released.IsCompleted);
        _members.Leave("c");

        Assert.True(released.IsCompletedSuccessfully);
    }

    [Fact]
    public void Two_who_ask_for_one_client_share_the_answers_and_later_ones_are_new()
    {
        _members.Others = ["b"];
        var (first, second) = (_releases.Ask("secret"), _releases.Ask("secret"));

        _releases.OnAnswered("b secret"u8);
        Assert.True(first.IsCompleted && second.IsCompleted);
        _releases.Forget("secret");
        Assert.False(_releases.Ask("secret").IsCompleted);
    }

    [Fact]
    public void Nobody_is_waited_for_where_nobody_is() => Assert.True(_releases.Ask("secret").IsCompleted);

    [Fact]
    public void Who_is_asked_answers_the_asker_once_the_client_can_be_found_and_not_itself()
    {
        _releases.OnAsked("a secret"u8);
        _releases.OnAsked("nonsense"u8);
        Assert.Empty(_released);

        _releases.OnAsked("b secret"u8);
        var (privateId, then) = Assert.Single(_released);
        Assert.Equal(("secret", 0), (privateId, _said.Count));
        then();

        Assert.Equal([("b", "a secret")], _said);
    }

    private sealed class Members : IClusterMembers
    {
        public event Action<string>? Left;

        public event Action<string>? Joined;

        public string Self => "a";

        public IReadOnlyCollection<string> Others { get; set; } = [];

        public void Leave(string server)
        {
            Others = [.. Others.Where(other => other != server)];
            Left?.Invoke(server);
            Joined?.Invoke("nobody");
        }
    }
}
