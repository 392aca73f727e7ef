namespace Salon.SocketIO.Redis.Flask.Pickling;

/// <summary>A tuple of Python, which is not the same to it as a list.</summary>
/// <param name="Items">What it consists of.</param>
internal sealed record PickleTuple(IReadOnlyList<object?> Items);
