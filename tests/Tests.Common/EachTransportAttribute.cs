using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Salon.Tests;

/// <summary>Runs a theory once over polling and once over WebSocket: every behaviour is tested on both.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachTransportAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow("polling"), new TheoryDataRow("websocket")]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
