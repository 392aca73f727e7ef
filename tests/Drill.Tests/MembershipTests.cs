using Salon.Drills.Clients;

namespace Salon.Drills.Tests;

/// <summary>What a server may push to a connection that is in a room, and what not.</summary>
public class MembershipTests
{
    [Theory]
    [InlineData(5, new long[] { })]
    [InlineData(5, new long[] { 6, 7, 8 })]
    [InlineData(5, new long[] { 3, 4, 5, 6 })]
    [InlineData(5, new long[] { 3, 5, 6 })]
    [InlineData(null, new long[] { 3, 4, 8 })]
    public void It_may_be(int? joinedAt, long[] pushed) => Assert.Empty(Push(joinedAt, pushed).FindViolations());

    [Theory]
    [InlineData(5, new long[] { 7 })]
    [InlineData(5, new long[] { 6, 8 })]
    [InlineData(5, new long[] { 4, 7 })]
    [InlineData(5, new long[] { 6, 6 })]
    [InlineData(5, new long[] { 6, 7, 6 })]
    [InlineData(null, new long[] { 4, 3 })]
    public void It_may_not_be(int? joinedAt, long[] pushed) => Assert.NotEmpty(Push(joinedAt, pushed).FindViolations());

    private static Membership Push(int? joinedAt, long[] pushed)
    {
        var membership = new Membership("alice", "room", 0) { JoinedAt = joinedAt };
        Array.ForEach(pushed, membership.OnMessage);
        return membership;
    }
}
