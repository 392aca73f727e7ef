using Salon.Drills.Reporting;

namespace Salon.Drills.Clients;

/// <summary>Sends what is in the outbox over one connection, several messages at a time. Used by one task.</summary>
internal sealed class MessageWriter(ChatSession session, Outbox outbox, Measurements measurements)
{
    private const int MaxInFlight = 32;

    private readonly List<Task> _sending = [];

    /// <summary>Sends what may be sent now. Answers come by themselves.</summary>
    public async Task WriteAsync()
    {
        _sending.RemoveAll(static sending => sending.IsCompletedSuccessfully);

        while (_sending.Count < MaxInFlight && outbox.TryTake(out var message))
        {
            _sending.Add(SendAsync(message));
        }

        // What must not happen is thrown here.
        await Task.WhenAll(_sending.Where(static sending => sending.IsFaulted));
    }

    /// <summary>Waits until nothing is on its way any more; after the session's end that is soon.</summary>
    public Task DrainAsync() => Task.WhenAll(_sending);

    private async Task SendAsync(OutMessage message)
    {
        measurements.OnSending();

        try
        {
            var answer = await session.AskAsync("message:send", new { room = message.Room, text = message.Text, clientMsgId = message.ClientMsgId });

            if (answer.ReadError() is { } error)
            {
                measurements.OnRefused(error.Code);
                outbox.Return(message, error.RetryAfter);
                return;
            }

            outbox.OnAcked(message, answer.GetProperty("seq").GetInt64(), answer.GetProperty("id").GetString()!);
            measurements.OnAcked(message);
        }
        catch (WireException)
        {
            outbox.Return(message, TimeSpan.Zero);
        }
    }
}
