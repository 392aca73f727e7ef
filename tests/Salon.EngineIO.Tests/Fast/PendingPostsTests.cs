using Salon.EngineIO.Transports;

namespace Salon.EngineIO.Tests.Fast;

[Trait("Stage", "fast")]
public class PendingPostsTests
{
    private readonly PendingPosts _posts = new();

    [Fact]
    public void The_first_has_its_turn_at_once()
    {
        Assert.True(_posts.TryEnter(out var post));

        Assert.True(post.Turn.IsCompleted);
        Assert.Equal(1, _posts.Count);
    }

    [Fact]
    public void None_is_taken_while_one_is_being_read()
    {
        Assert.True(_posts.TryEnter(out _));

        Assert.False(_posts.TryEnter(out _));
        Assert.Equal(1, _posts.Count);
    }

    [Fact]
    public async Task Each_has_its_turn_when_the_one_before_is_handled()
    {
        var posts = Enter(3);

        Assert.False(posts[1].Turn.IsCompleted);
        _posts.Leave(posts[0]);
        await posts[1].Turn;
        Assert.False(posts[2].Turn.IsCompleted);
        _posts.Leave(posts[1]);
        await posts[2].Turn;
        Assert.Equal(1, _posts.Count);
    }

    [Fact]
    public void Sixteen_wait_and_no_more()
    {
        var posts = Enter(17);
        Assert.False(_posts.TryEnter(out _));

        _posts.Leave(posts[0]);
        posts[1].IsRead = true;

        Assert.True(_posts.TryEnter(out _));
    }

    [Fact]
    public async Task All_are_handled_when_the_last_one_is()
    {
        Assert.True(_posts.AllHandled.IsCompleted);
        var posts = Enter(2);
        var all = _posts.AllHandled;

        _posts.Leave(posts[0]);
        Assert.False(all.IsCompleted);
        _posts.Leave(posts[1]);

        await all;
        Assert.Equal(0, _posts.Count);
        Assert.True(_posts.TryEnter(out var next) && next.Turn.IsCompleted);
    }

    /// <summary>The first of them has been read.</summary>
    private List<PendingPosts.Post> Enter(int count)
    {
        var posts = new List<PendingPosts.Post>();

        for (var i = 0; i < count; i++)
        {
            Assert.True(_posts.TryEnter(out var post));
            posts.Add(post);
            posts[0].IsRead = true;
        }

        return posts;
    }
}
