// News over plain HTTP, in two ways: a page asks again and again (short polling), or it asks once and the answer waits for
// the news (long polling). PORT=3000 by default.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");

var app = builder.Build();
var board = new Board();
app.UseDefaultFiles();
app.UseStaticFiles();

app.MapPost("/messages", (NewMessage message) => message.Text?.Trim() is { Length: > 0 and <= 500 } text
    ? Results.Ok(board.Add(text))
    : Results.Problem("A message has 1 to 500 characters.", statusCode: StatusCodes.Status400BadRequest));

// Short: the answer comes at once, and is mostly empty.
app.MapGet("/poll", (long since = 0) => board.After(since));

// Long: the answer comes with the news, or says after 25 seconds, before a proxy loses patience, that there are none (204).
app.MapGet("/long-poll", async (HttpContext context, IHostApplicationLifetime lifetime, long since = 0) =>
{
    using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
    var news = await board.WaitAsync(since, TimeSpan.FromSeconds(25), end.Token);
    return news.Count > 0 ? Results.Ok(news) : Results.NoContent();
});

app.Run();

internal sealed record NewMessage(string? Text);

/// <summary>A message; its number is the cursor with which a client asks for what it has not got.</summary>
internal sealed record Message(long Seq, string Text);

/// <summary>The newest hundred messages, and the signal that there is another. The lock protects all fields.</summary>
internal sealed class Board
{
    private readonly Lock _gate = new();
    private readonly Queue<Message> _messages = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seq;

    public Message Add(string text)
    {
        lock (_gate)
        {
            var message = new Message(++_seq, text);
            _messages.Enqueue(message);

            if (_messages.Count > 100)
            {
                _messages.Dequeue();
            }

            // All who wait are woken, and whoever asks from now on waits for the next.
            _news.SetResult();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return message;
        }
    }

    public IReadOnlyList<Message> After(long since) => Look(since).Messages;

    public async Task<IReadOnlyList<Message>> WaitAsync(long since, TimeSpan patience, CancellationToken end)
    {
        // Looked at and waited for in one step: what comes in between would be missed.
        var (messages, news) = Look(since);

        if (messages.Count == 0)
        {
            await news.WaitAsync(patience, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return After(since);
    }

    private (IReadOnlyList<Message> Messages, Task News) Look(long since)
    {
        lock (_gate)
        {
            // A cursor of another life of this server is behind everything.
            var after = since > _seq ? 0 : since;
            return ([.. _messages.Where(message => message.Seq > after)], _news.Task);
        }
    }
}
