using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Salon.SocketIO;

namespace Salon.Clients.Tests.Typed;

public enum Priority
{
    Low,
    High,
}

[JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
public enum Colour
{
    Red,
    Green,
}

public sealed record Line(string Product, int Quantity, Colour? Colour = null);

public sealed record Order(
    Guid Id,
    IReadOnlyList<Line> Lines,
    IReadOnlyDictionary<string, decimal> Prices,
    DateTimeOffset Placed,
    Priority Priority,
    string? Note,
    [property: JsonPropertyName("old-id")] long OldId,
    [property: JsonIgnore] string Secret = "secret");

public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Card), "card")]
[JsonDerivedType(typeof(Cash), "cash")]
public abstract record Payment;

public sealed record Card(string Number) : Payment;

public sealed record Cash(decimal Given) : Payment;

/// <summary>What clients listen to.</summary>
public interface IOrderClient
{
    Task Placed(Order order, byte[] receipt);

    [Emits("stock-low")]
    Task StockLow(string product, int? left);

    Task<bool> Confirm(string question);
}

/// <summary>A contract with something of everything, whose TypeScript is written and checked.</summary>
public sealed class OrderNamespace : SocketNamespace<IOrderClient>
{
    [On("place")]
    public async Task<Order> PlaceAsync([MinLength(1)] IReadOnlyList<Line> lines, Payment payment, IdempotencyKey id)
    {
        var order = new Order(
            Guid.Empty,
            lines,
            lines.ToDictionary(static line => line.Product, static line => 1.5m * line.Quantity),
            DateTimeOffset.UnixEpoch,
            Priority.High,
            payment is Card card ? $"{id}: card {card.Number}" : null,
            7);

        await Client.Placed(order, [1, 2, 3]);
        return order;
    }

    [On("list")]
    public Page<Line> List(int limit = 10, Colour? colour = null) => new([new Line("tea", limit, colour)], null);

    [On("cancel")]
    public Task Cancel(Guid order) => Client.StockLow(order.ToString(), null);

    [On("ask me")]
    public Task AskMeAsync(Ack ack)
    {
        _ = AskAsync(ack);
        return Task.CompletedTask;
    }

    [On]
    public void Log(string level, EventArguments arguments) => Socket.Data[level] = arguments.Count;

    [On]
    public RawJson Raw(RawJson value) => value;

    private async Task AskAsync(Ack ack) => await ack.SendAsync(await Client.Confirm("sure?") ? "yes" : "no");
}
