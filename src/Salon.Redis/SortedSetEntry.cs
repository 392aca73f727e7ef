namespace Salon.Redis;

/// <summary>A member of a sorted set.</summary>
/// <param name="Member">The member, read as UTF-8.</param>
/// <param name="Score">By what it is sorted.</param>
public readonly record struct SortedSetEntry(string Member, double Score);
