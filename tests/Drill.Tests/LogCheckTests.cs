using Salon.Drills.Checks;
using Salon.Drills.Clients;

namespace Salon.Drills.Tests;

/// <summary>The checks find what they are there for.</summary>
public class LogCheckTests
{
    private static readonly LogEntry[] Log = [Entry(1, "0-0"), Entry(2, "0-1"), Entry(3, "0-2")];

    [Fact]
    public void A_log_that_is_as_it_was_acknowledged_holds()
    {
        var checks = Check(Log);

        Assert.Empty(checks.Acknowledged(Sent(1, 2, 3)).Violations);
        Assert.Empty(checks.Numbers().Violations);
        Assert.Empty(checks.Views([("alice", View(Log[1], Log[2]))]).Violations);
    }

    [Fact]
    public void What_was_acknowledged_and_is_not_there_is_found() =>
        Assert.Single(Check(Log[..2]).Acknowledged(Sent(1, 2, 3)).Violations);

    [Fact]
    public void What_is_there_twice_is_found() =>
        Assert.Single(Check([.. Log, Entry(4, "0-1")]).Acknowledged(Sent(1, 2, 3)).Violations);

    [Fact]
    public void What_is_not_where_it_was_acknowledged_is_found() =>
        Assert.Equal(2, Check(Log).Acknowledged(Sent(2, 1, 3)).Violations.Count);

    [Fact]
    public void What_nobody_sent_is_found() =>
        Assert.Single(Check([.. Log, Entry(4, "0-7")]).Acknowledged(Sent(1, 2, 3)).Violations);

    [Fact]
    public void A_gap_in_the_numbers_is_found() =>
        Assert.Equal(["message 2 of room has the number 3", "message 1 of room has the number 2"], [.. Check([Log[0], Log[2]]).Numbers().Violations, .. Check([Log[1]]).Numbers().Violations]);

    [Fact]
    public void A_room_that_counts_other_than_it_holds_is_found() =>
        Assert.Single(new LogChecks(Log, new Dictionary<string, long> { ["room"] = 4 }).Numbers().Violations);

    [Fact]
    public void A_client_that_lacks_the_end_is_found() =>
        Assert.Equal(["alice has room up to 2 of 3"], Check(Log).Views([("alice", View(Log[0], Log[1]))]).Violations);

    [Fact]
    public void A_client_that_has_something_else_is_found() =>
        Assert.Equal(["alice has another message 2 of room"], Check(Log).Views([("alice", View(Log[0], Log[1] with { Text = "other" }, Log[2]))]).Violations);

    [Fact]
    public void A_message_that_comes_in_two_versions_is_found() =>
        Assert.Single(Check(Log).Views([("alice", View(Log[0], Log[1], Log[2], Log[2] with { Id = "other" }))]).Violations);

    [Fact]
    public void A_client_keeps_what_comes_early_until_the_rest_is_there()
    {
        var view = View(Log[0], Log[2]);

        Assert.Equal(1, view.Cursor);
        Assert.True(view.TryBeginReading());
        Assert.False(view.TryBeginReading());
        Assert.Equal([2L, 3], view.Add(Read(Log[1])).Select(static message => message.Seq));
    }

    private static LogChecks Check(LogEntry[] log) => new(log, new Dictionary<string, long> { ["room"] = log.Length });

    private static LogEntry Entry(long seq, string clientMsgId) =>
        new("room", seq, $"id {seq}", "alice", clientMsgId, $"message {clientMsgId[2..]} of client 0 to everybody in room");

    private static List<(string Username, OutMessage Message)> Sent(params IReadOnlyList<long> seqs) =>
        [.. seqs.Select(static (seq, number) => ("alice", new OutMessage(0, number, "room") { AckedSeq = seq, AckedId = $"id {seq}" }))];

    private static RoomView View(params IReadOnlyList<LogEntry> entries)
    {
        var view = new RoomView("room");
        view.Begin(entries[0].Seq);

        foreach (var entry in entries)
        {
            view.Add(Read(entry));
        }

        return view;
    }

    private static Incoming Read(LogEntry entry) => Incoming.Of(entry.Room, entry.Seq, entry.Id, entry.Username, entry.ClientMsgId, entry.Text);
}
