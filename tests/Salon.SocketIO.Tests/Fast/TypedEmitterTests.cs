using Salon.SocketIO.Contracts;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Implementations of interfaces that emit, made once for each: <see cref="TypedEmitter{TClient}"/>.</summary>
[Trait("Stage", "fast")]
public sealed class TypedEmitterTests : IAsyncLifetime
{
    private readonly Parts _parts = new();

    public interface IGood
    {
        Task Message(string text);
    }

    public interface IBad
    {
        void Message(string text);
    }

    public interface IReserved
    {
        Task Connect();
    }

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    [Fact]
    public void An_interface_that_cannot_be_emitted_says_what_is_wrong_however_often_it_is_asked_for()
    {
        for (var i = 0; i < 2; i++)
        {
            Assert.Contains("Task", Assert.Throws<ArgumentException>(() => _parts.IO.As<IBad>()).Message, StringComparison.Ordinal);
            Assert.Contains("reserved", Assert.Throws<ArgumentException>(() => _parts.IO.Sockets.As<IReserved>()).Message, StringComparison.Ordinal);
            Assert.Contains("interface", Assert.Throws<ArgumentException>(() => _parts.IO.As<string>()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task However_many_ask_first_at_the_same_time_all_get_the_same_class_for_their_own_emitters()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _parts.IO.As<IGood>()))).Soon();

        Assert.Single(made.Select(static each => each.GetType()).Distinct());
        Assert.Equal(8, made.Distinct().Count());
        await Task.WhenAll(made.Select(static each => each.Message("text"))).Soon();
    }
}
