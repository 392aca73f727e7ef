namespace Salon.Benchmarks.Redis;

/// <summary>What is measured.</summary>
internal enum Operation
{
    Set,
    Get,
}
