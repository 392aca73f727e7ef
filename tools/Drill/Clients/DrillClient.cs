using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Drills.Cluster;
using Salon.Drills.Reporting;

namespace Salon.Drills.Clients;

/// <summary>
/// Somebody in the chat whose program does what a good one does: it connects again, to any node; it sends again what was not acknowledged;
/// it reads what it missed. It also keeps what the server did by itself. One task runs it.
/// </summary>
internal sealed class DrillClient(int index, IReadOnlyList<DrillNode> nodes, IReadOnlyList<string> rooms, Outbox outbox, Measurements measurements, int seed)
{
    private readonly Random _random = new(seed + index);
    private readonly ConcurrentDictionary<string, Membership> _current = new();
    private readonly ConcurrentDictionary<string, string[]> _presence = new();
    private long _heardAt;

    public string Username { get; } = NameOf(index);

    public Outbox Outbox => outbox;

    /// <summary>The rooms as it has them.</summary>
    public IReadOnlyDictionary<string, RoomView> Views { get; } = rooms.ToDictionary(static room => room, static room => new RoomView(room));

    /// <summary>What the server pushed, a part for each time in a room. Read when the client has ended.</summary>
    public List<Membership> Memberships { get; } = [];

    /// <summary>Whether it is in all its rooms.</summary>
    public bool IsThere { get; private set; }

    private bool IsPolling => index % 2 == 0;

    /// <summary>What a client is called.</summary>
    public static string NameOf(int index) => $"client-{index:D3}";

    /// <summary>Who is in a room, as the client was told last.</summary>
    public IReadOnlyList<string> GetPresence(string room) => _presence.GetValueOrDefault(room, []);

    /// <summary>Stays in the chat until the end.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        for (var node = nodes[index % nodes.Count]; !end.IsCancellationRequested; node = nodes[_random.Next(nodes.Count)])
        {
            try
            {
                await using var session = await ChatSession.ConnectAsync(node.Address, IsPolling, Username, OnEvent);
                measurements.OnConnected();
                await StayAsync(session, node, end);
            }
            catch (WireException)
            {
                // On to the next node, after a while that differs from client to client.
                await Task.Delay(TimeSpan.FromMilliseconds(100 + _random.Next(900)), CancellationToken.None);
            }
        }
    }

    private async Task StayAsync(ChatSession session, DrillNode node, CancellationToken end)
    {
        var writer = new MessageWriter(session, outbox, measurements);

        try
        {
            foreach (var view in Views.Values)
            {
                await JoinAsync(session, node, view);
            }

            IsThere = true;

            for (var nextMoveAt = GetNextMove(); !end.IsCancellationRequested;)
            {
                await writer.WriteAsync();

                if (Environment.TickCount64 > nextMoveAt && !outbox.IsDone)
                {
                    await MoveAsync(session, node);
                    nextMoveAt = GetNextMove();
                }

                FillGaps(session);
                session.CheckSilence();
                await session.PauseAsync(TimeSpan.FromMilliseconds(20));
            }

            session.Leave();
            await session.PauseAsync(TimeSpan.FromMilliseconds(100));
        }
        finally
        {
            IsThere = false;
            session.Abort();
            await writer.DrainAsync();
        }
    }

    private long GetNextMove() => Environment.TickCount64 + _random.Next(5_000, 15_000);

    /// <summary>Leaves a room and comes back.</summary>
    private async Task MoveAsync(ChatSession session, DrillNode node)
    {
        var view = Views[rooms[_random.Next(rooms.Count)]];
        await session.AskPatientlyAsync("room:leave", () => new { room = view.Room });
        await session.PauseAsync(TimeSpan.FromMilliseconds(_random.Next(500)));
        await JoinAsync(session, node, view);
    }

    private async Task JoinAsync(ChatSession session, DrillNode node, RoomView view)
    {
        Membership? membership = null;
        var reply = await session.AskPatientlyAsync("room:join", () =>
        {
            // A refusal ends what may have begun.
            _current[view.Room] = membership = new Membership(Username, view.Room, node.Index);
            Memberships.Add(membership);
            return view.Cursor is { } since ? new { room = view.Room, since } : new { room = view.Room };
        }) ?? throw new WireException($"{view.Room} is closed.");

        var head = reply.GetProperty("seq").GetInt64();
        var messages = Read(reply);
        var isBack = view.First is not null;
        membership!.JoinedAt = head;
        view.Begin(messages.Count > 0 ? messages[0].Seq : head + 1);
        messages.ForEach(message => Keep(view, message));

        if (isBack && reply.GetProperty("hasMore").GetBoolean())
        {
            await ReadOnAsync(session, view);
        }
    }

    /// <summary>Reads what is missing, page by page.</summary>
    private async Task ReadOnAsync(ChatSession session, RoomView view)
    {
        var hasMore = true;

        while (hasMore)
        {
            var page = await session.AskPatientlyAsync("room:history", () => new { room = view.Room, since = view.Cursor, limit = 200 });
            var messages = page is { } found ? Read(found) : [];
            messages.ForEach(message => Keep(view, message));
            hasMore = messages.Count > 0 && page!.Value.GetProperty("hasMore").GetBoolean();
        }
    }

    private void FillGaps(ChatSession session)
    {
        foreach (var view in Views.Values.Where(static view => view.TryBeginReading()))
        {
            measurements.OnGap();
            _ = FillAsync(session, view);
        }
    }

    private async Task FillAsync(ChatSession session, RoomView view)
    {
        try
        {
            await ReadOnAsync(session, view);
        }
        catch (WireException)
        {
            // On the next connection, it is read when joining.
        }
        finally
        {
            view.EndReading();
        }
    }

    private void OnEvent(ChatSession session, string name, JsonElement data)
    {
        if (name == "message")
        {
            var message = Incoming.Read(data);
            var view = Views[message.Room];
            _current[message.Room].OnMessage(message.Seq);
            Keep(view, message);
        }
        else if (name == "presence")
        {
            _presence[data.GetProperty("room").GetString()!] = [.. data.GetProperty("members").EnumerateArray().Select(static member => member.GetString()!)];
        }
    }

    private void Keep(RoomView view, Incoming message)
    {
        foreach (var added in view.Add(message))
        {
            measurements.OnDelivered(added, ref _heardAt);
        }
    }

    private static List<Incoming> Read(JsonElement page) => [.. page.GetProperty("messages").EnumerateArray().Select(static message => Incoming.Read(message))];
}
