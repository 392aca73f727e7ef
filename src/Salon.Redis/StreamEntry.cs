namespace Salon.Redis;

/// <summary>An entry of a stream. It owns its memory.</summary>
/// <param name="Id">Its id, such as <c>1700000000000-0</c>.</param>
/// <param name="Fields">What it consists of. Of a field that is there twice, the last value.</param>
public sealed record StreamEntry(string Id, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Fields);
