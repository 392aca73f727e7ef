namespace Salon.Benchmarks.Redis;

/// <summary>What a load came to.</summary>
/// <param name="Rate">Commands in a second.</param>
/// <param name="Microseconds">Processor time of the client for each.</param>
/// <param name="Bytes">Memory allocated for each.</param>
internal sealed record LoadResult(double Rate, double Microseconds, double Bytes);
