using Xunit;

namespace Salon.Tests;

/// <summary>Every behaviour is tested on both: <c>[Theory, MemberData(nameof(Transports.All), MemberType = typeof(Transports))]</c>.</summary>
public static class Transports
{
    public static TheoryData<string> All => ["polling", "websocket"];
}
