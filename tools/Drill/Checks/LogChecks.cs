using Salon.Drills.Clients;

namespace Salon.Drills.Checks;

/// <summary>Compares the log with what was acknowledged, and with what clients have.</summary>
internal sealed class LogChecks
{
    private readonly Dictionary<string, LogEntry[]> _rooms;
    private readonly IReadOnlyDictionary<string, long> _heads;
    private readonly int _count;

    public LogChecks(IReadOnlyCollection<LogEntry> log, IReadOnlyDictionary<string, long> heads)
    {
        _rooms = log.GroupBy(static entry => entry.Room).ToDictionary(static room => room.Key, static room => room.OrderBy(static entry => entry.Seq).ToArray());
        (_heads, _count) = (heads, log.Count);
    }

    public CheckResult Acknowledged(IReadOnlyList<(string Username, OutMessage Message)> sent) => CheckResult.Of(
        "What was acknowledged is in the log, once, where it was acknowledged; nothing else is",
        $"{sent.Count(static one => one.Message.AckedSeq is not null):N0} acknowledgements",
        FindWrong(sent));

    public CheckResult Numbers() => CheckResult.Of(
        "The numbers of a room are 1, 2, 3 … without a gap",
        $"{_count:N0} messages in {_rooms.Count} rooms",
        _rooms.SelectMany(FindWrongNumbers));

    public CheckResult Views(IReadOnlyList<(string Username, RoomView View)> views) => CheckResult.Of(
        "Every client has what the log has since the client came, once, in the log's order",
        $"{views.Sum(static one => (long)one.View.Prints.Count):N0} messages in {views.Count} places",
        views.SelectMany(one => FindDifferences(one.Username, one.View)));

    public static CheckResult Pushed(IReadOnlyList<Membership> memberships) => CheckResult.Of(
        "To one connection in one room the server pushes one number after the other",
        $"{memberships.Sum(static membership => membership.Count):N0} messages in {memberships.Count:N0} memberships",
        memberships.SelectMany(static membership => membership.FindViolations()));

    private IEnumerable<string> FindWrong(IReadOnlyList<(string Username, OutMessage Message)> sent)
    {
        var found = _rooms.Values.SelectMany(static room => room).ToLookup(static entry => (entry.Room, entry.Username, entry.ClientMsgId));
        var known = new HashSet<(string, string, string)>();

        foreach (var (username, message) in sent)
        {
            var name = (message.Room, username, message.ClientMsgId);
            var entries = found[name].ToList();
            known.Add(name);

            if (entries.Count > 1)
            {
                yield return $"{message.ClientMsgId} is {entries.Count} times in {message.Room}";
            }
            else if (message.AckedSeq is { } seq && (entries.Count == 0 || entries[0].Seq != seq || entries[0].Id != message.AckedId || entries[0].Text != message.Text))
            {
                yield return $"{message.ClientMsgId} was acknowledged as {seq} of {message.Room}, and {(entries.Count == 0 ? "is not there" : $"is {entries[0].Seq}")}";
            }
            else if (message.AckedSeq is null)
            {
                yield return $"{message.ClientMsgId} was never acknowledged";
            }
        }

        foreach (var stranger in found.Where(entries => !known.Contains(entries.Key)))
        {
            yield return $"{stranger.Key.ClientMsgId} of {stranger.Key.Username} in {stranger.Key.Room} was never sent";
        }
    }

    private IEnumerable<string> FindWrongNumbers(KeyValuePair<string, LogEntry[]> room)
    {
        for (var i = 0; i < room.Value.Length; i++)
        {
            if (room.Value[i].Seq != i + 1)
            {
                yield return $"message {i + 1} of {room.Key} has the number {room.Value[i].Seq}";
                yield break;
            }
        }

        if (_heads.GetValueOrDefault(room.Key) != room.Value.Length)
        {
            yield return $"{room.Key} has {room.Value.Length} messages, and counts {_heads.GetValueOrDefault(room.Key)}";
        }
    }

    private IEnumerable<string> FindDifferences(string username, RoomView view)
    {
        var log = _rooms.GetValueOrDefault(view.Room, []);

        if (view.First is not { } first)
        {
            yield return $"{username} was never in {view.Room}";
            yield break;
        }

        if (view.Cursor != log.Length)
        {
            yield return $"{username} has {view.Room} up to {view.Cursor} of {log.Length}";
        }

        for (var i = 0; i < view.Prints.Count && first + i <= log.Length; i++)
        {
            var entry = log[first - 1 + i];

            if (Incoming.Of(entry.Room, entry.Seq, entry.Id, entry.Username, entry.ClientMsgId, entry.Text).Print != view.Prints[i])
            {
                yield return $"{username} has another message {entry.Seq} of {view.Room}";
                break;
            }
        }

        foreach (var violation in view.Violations)
        {
            yield return $"{username}: {violation}";
        }
    }
}
