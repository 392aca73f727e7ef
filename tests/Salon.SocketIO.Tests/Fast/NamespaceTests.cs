using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Salon.Http;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Which namespaces there are, who uses them, and which a client is in.</summary>
[Trait("Stage", "fast")]
public class NamespaceTests
{
    private static readonly ClientAddress Somebody = ClientAddress.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientAddress SomebodyElse = ClientAddress.Of(IPAddress.Parse("192.0.2.2"));

    [Fact]
    public void A_namespace_goes_with_the_last_who_uses_it_and_not_before()
    {
        var use = new NamespaceUse();
        Assert.True(use.TryEnter());
        Assert.True(use.TryEnter());
        Assert.False(use.Exit());
        Assert.True(use.TryEnter());
        Assert.False(use.Exit());
        Assert.True(use.Exit());

        Assert.False(use.TryEnter());
        Assert.False(use.TryPin());
    }

    [Fact]
    public void A_namespace_that_the_program_asked_for_stays()
    {
        var use = new NamespaceUse();
        use.TryEnter();
        Assert.True(use.TryPin());
        Assert.False(use.Exit());
        Assert.True(use.TryEnter());
    }

    [Fact]
    public async Task Children_are_counted_to_who_made_them_until_they_go()
    {
        await using var parts = new Parts(static options => (options.MaxChildNamespaces, options.MaxChildNamespacesPerAddress) = (3, 2));
        var table = new NamespaceTable(parts.IO);
        table.Add(new ParentNamespace(parts.IO, new Regex("^/game-"), predicate: null));

        var first = (await EnterAsync(table, "/game-1", Somebody)).Namespace!;
        Assert.NotNull((await EnterAsync(table, "/game-2", Somebody)).Namespace);
        Assert.Equal(new NamespaceEntry(null, IsFull: true), await EnterAsync(table, "/game-3", Somebody));
        Assert.NotNull((await EnterAsync(table, "/game-3", SomebodyElse)).Namespace);
        Assert.True((await EnterAsync(table, "/game-4", SomebodyElse)).IsFull);

        // Entering what is there makes nothing, nor does what fits nothing.
        Assert.NotNull((await EnterAsync(table, "/game-3", Somebody)).Namespace);
        Assert.Equal(default, await EnterAsync(table, "/other", SomebodyElse));
        Assert.Equal(3, table.All.Count());

        table.Remove(first);
        Assert.NotNull((await EnterAsync(table, "/game-4", SomebodyElse)).Namespace);
        Assert.True((await EnterAsync(table, "/game-5", Somebody)).IsFull);
    }

    [Fact]
    public async Task A_namespace_that_could_not_be_made_is_not_counted_and_may_be_made_later()
    {
        await using var parts = new Parts(static options => options.MaxChildNamespaces = 1);
        var table = new NamespaceTable(parts.IO);
        var parent = table.Add(new ParentNamespace(parts.IO, new Regex("^/game-"), predicate: null));
        var fails = true;
        table.Created += _ =>
        {
            if (fails)
            {
                throw new InvalidOperationException();
            }
        };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(default, await EnterAsync(table, $"/game-{i}", Somebody));
        }

        Assert.Empty(table.All);
        Assert.Empty(parent.Children);
        fails = false;
        Assert.NotNull((await EnterAsync(table, "/game-1", Somebody)).Namespace);
        Assert.Same(table.Get("/game-1"), Assert.Single(parent.Children));
    }

    [Fact]
    public async Task Those_who_ask_at_once_get_the_same_namespace()
    {
        await using var parts = new Parts();
        var table = new NamespaceTable(parts.IO);
        table.Add(new ParentNamespace(parts.IO, new Regex("^/game-"), predicate: null));

        var entered = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () => (await EnterAsync(table, $"/game-{i % 5}", Somebody)).Namespace!)));

        Assert.Equal(5, entered.Distinct().Count());
        Assert.All(entered.GroupBy(static space => space.Name), static group => Assert.Single(group.Distinct()));
    }

    [Fact]
    public async Task A_client_has_one_socket_a_namespace_and_none_when_it_is_gone()
    {
        await using var parts = new Parts();
        var table = new SocketTable();
        var (first, second) = (parts.Connect("a"), parts.Connect("b"));
        var other = parts.Connect("c", parts.IO.Of("/other"));

        Assert.False(table.HasConnected);
        Assert.True(table.TryAdd(first));
        Assert.False(table.TryAdd(second));
        Assert.True(table.TryAdd(other));
        Assert.True(table.HasConnected);
        Assert.True(table.IsFull("/third", 2));
        Assert.False(table.IsFull("/third", 3));
        Assert.False(table.IsFull("/other", 2));
        Assert.Equal([first, other], table.Close());

        Assert.False(table.TryAdd(first));
        Assert.Empty(table.Copy());
        Assert.False(table.TryRemove(other));
    }

    [Fact]
    public async Task What_was_on_its_way_when_a_client_left_is_told_from_what_it_never_joined()
    {
        await using var parts = new Parts();
        var table = new SocketTable();
        var socket = parts.Connect("a");
        var refused = new Socket(parts.IO.Of("/refused"), client: null!, handshake: null!, Parts.Save(store: null!, "b"));
        table.TryAdd(socket);
        table.TryAdd(refused);

        Assert.True(table.TryFind("/", out var found));
        Assert.Same(socket, found);
        Assert.False(table.TryFind("/refused", out _));
        table.Discard(refused);
        Assert.False(table.TryFind("/refused", out _));
        Assert.True(table.TryRemove(socket));
        Assert.False(table.TryRemove(socket));

        Assert.True(table.TryFind("/", out var left));
        Assert.Null(left);
        Assert.False(table.TryFind("/never", out _));
        Assert.True(table.TryAdd(parts.Connect("again")));
        Assert.True(table.TryFind("/", out var back));
        Assert.Equal("again", back!.Id);
    }

    [Fact]
    public void The_last_32_namespaces_that_were_left_are_remembered()
    {
        var left = new LeftNamespaces();

        for (var i = 0; i < 32; i++)
        {
            left.Add($"/{i}");
        }

        // Left again, it is the newest.
        left.Add("/0");
        left.Add("/new");

        Assert.True(left.Contains("/0"));
        Assert.False(left.Contains("/1"));
        Assert.Equal(31, Enumerable.Range(0, 32).Count(i => left.Contains($"/{i}")));
        Assert.False(left.Contains("/NEW"));
    }

    private static ValueTask<NamespaceEntry> EnterAsync(NamespaceTable table, string name, ClientAddress address) =>
        table.EnterChildAsync(name, JsonElement.Parse("{}"), address);
}
