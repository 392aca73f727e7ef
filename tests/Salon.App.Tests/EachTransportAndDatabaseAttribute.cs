using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Salon.App.Tests;

/// <summary>Runs a theory over each transport, on each database.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachTransportAndDatabaseAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from transport in new[] { "polling", "websocket" } from database in new[] { "sqlite", "postgres" } select new TheoryDataRow(transport, database)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
