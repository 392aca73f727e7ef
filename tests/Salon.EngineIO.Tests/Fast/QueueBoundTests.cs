using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Diagnostics;
using Salon.EngineIO.Sessions;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>How much may wait for one client, and how many sessions a server says it has.</summary>
[Trait("Stage", "fast")]
public class QueueBoundTests
{
    private const int Bound = 10_000;

    private MessageRing _ring = new();
    private QueueBound _bound = new(Bound);

    [Fact]
    public void Messages_are_taken_up_to_the_bound_by_what_they_cost_and_not_by_what_they_say()
    {
        var empty = Message(0);
        var count = 0;

        while (TryAdd(empty))
        {
            count++;
        }

        Assert.Equal(Bound / empty.Cost, count);
        Take(1);
        Assert.True(TryAdd(empty));
        Assert.False(TryAdd(empty));
    }

    [Fact]
    public void A_message_that_is_larger_than_the_bound_takes_no_room_from_those_that_follow()
    {
        Assert.True(TryAdd(Message(4 * Bound)));
        var count = 0;

        while (TryAdd(Message(1000)))
        {
            count++;
        }

        Assert.Equal(Bound / Message(1000).Cost, count);
        Take(1);
        Assert.False(TryAdd(Message(1000)));
        Take(1);
        Assert.True(TryAdd(Message(1000)));
        Assert.False(TryAdd(Message(1000)));
    }

    [Fact]
    public void One_large_message_can_always_wait_and_together_they_have_four_times_the_bound()
    {
        Assert.True(TryAdd(Message(100 * Bound)));
        Assert.False(TryAdd(Message(Bound)));
        Take(1);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(TryAdd(Message(Bound)));
        }

        // Each costs a little more than the bound, so the fourth is too much, until one has left.
        Assert.False(TryAdd(Message(Bound)));
        Take(1);
        Assert.True(TryAdd(Message(Bound)));
        Assert.False(TryAdd(Message(Bound)));
    }

    [Fact]
    public void A_large_message_counts_until_its_last_attachment_has_left()
    {
        var attached = EngineMessage.CreateText(1, 0, static (text, _) => text[0] = (byte)'a', attachments: [EngineMessage.CreateBinary(new byte[3 * Bound]), EngineMessage.CreateBinary(new byte[3])]);
        Assert.True(TryAdd(attached));

        Take(2);
        Assert.False(TryAdd(Message(2 * Bound)));
        Take(1);
        Assert.True(TryAdd(Message(2 * Bound)));
    }

    [Fact]
    public void Whoever_waits_for_room_goes_on_at_half_of_it()
    {
        Assert.True(_bound.HasRoom(Bound / 2));
        Assert.False(_bound.HasRoom((Bound / 2) + 1));
    }

    [Fact]
    public void That_there_is_no_place_is_said_once_a_minute_and_counted_each_time()
    {
        var time = new ManualTimeProvider();
        using var services = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(time).BuildServiceProvider();
        var metrics = new EngineIOMetrics(services);
        var refused = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "salon.engineio.connections.refused" && instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => refused += count);
        listener.Start();

        Assert.Equal([true, false, false], new[] { metrics.OnFull(true), metrics.OnFull(false), metrics.OnFull(true) });
        time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.False(metrics.OnFull(true));
        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal([true, false], new[] { metrics.OnFull(true), metrics.OnFull(true) });
        Assert.Equal(6, refused);
    }

    [Fact]
    public void Sessions_are_counted_by_transport_and_one_that_moves_stays_one()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new EngineIOMetrics(services);
        metrics.OnOpened(EngineTransport.Polling);
        metrics.OnOpened(EngineTransport.Polling);
        metrics.OnOpened(EngineTransport.WebSocket);

        metrics.OnUpgraded();
        Assert.Equal((1, 2, 3), (metrics.Count(EngineTransport.Polling), metrics.Count(EngineTransport.WebSocket), metrics.Count(EngineTransport.Polling | EngineTransport.WebSocket)));
        metrics.OnClosed(EngineTransport.WebSocket, CloseReason.ForcedClose);
        metrics.OnClosed(EngineTransport.Polling, CloseReason.PingTimeout);

        Assert.Equal((0, 1), (metrics.Count(EngineTransport.Polling), metrics.Count(EngineTransport.WebSocket)));
    }

    private static EngineMessage Message(int size) => EngineMessage.CreateBinary(new byte[size]);

    private bool TryAdd(EngineMessage message)
    {
        var isAdmitted = _bound.TryAdmit(message, _ring);

        if (isAdmitted)
        {
            _ring.Push(message);
        }

        return isAdmitted;
    }

    private void Take(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ring.Pop();
            _bound.OnTaken(_ring);
        }
    }
}
