using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Salon.App.Tests;

/// <summary>Runs a theory once on SQLite and once on PostgreSQL: what the app stores behaves the same on both.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachDatabaseAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow("sqlite"), new TheoryDataRow("postgres")]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
