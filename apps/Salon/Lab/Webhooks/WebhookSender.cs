using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting.Server;
using Salon.Supervision;

namespace Salon.App.Lab.Webhooks;

/// <summary>
/// Sends an event on both paths: over the WebSockets of those who watch, and as a webhook, a signed request that is repeated with growing
/// pauses until somebody takes it. It only ever goes to this process, whatever was registered. Thread-safe.
/// </summary>
internal sealed class WebhookSender(IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WebhookSender> logger) : IDisposable
{
    public const int MaxFailures = 6;

    private const int MaxAttempts = 5;
    private const int MaxPending = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly Guard _guard = new(logger);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = AnswerTimeout };

    /// <summary>Lets an event happen.</summary>
    /// <param name="run">Whose event it is.</param>
    /// <param name="failures">How often the receiver shall refuse it.</param>
    /// <exception cref="LabException">Nobody is registered, or too many are on their way.</exception>
    public WebhookEntry Send(LabRun run, int failures)
    {
        if (run.Webhooks.Registration is not { } registration)
        {
            throw LabException.NotRegistered;
        }

        if (run.Webhooks.PendingCount >= MaxPending)
        {
            throw LabException.RateLimited(TimeSpan.FromSeconds(5));
        }

        var receiver = new Uri(OwnAddress.Find(server), WebhookRegistration.ReceiverPath);
        var happened = new WebhookEntry("event", $"evt_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}", LabReport.TimeOf(time));

        run.Webhooks.Begin(happened.Id, failures);
        run.Webhooks.Add(happened);

        // Its end, good or bad, is an entry of the log.
        _guard.Forget(nameof(WebhookSender), DeliverAsync(run, registration.Key, receiver, happened));
        return happened;
    }

    /// <summary>Tells the entries of a run's log over a WebSocket, as they come.</summary>
    public async Task FollowAsync(HttpContext context, LabRun run)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw LabException.NotAWebSocket;
        }

        using var visit = run.TryEnter(context.Abort);

        if (visit is null)
        {
            context.Abort();
            return;
        }

        var watcher = run.Webhooks.Watch();

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var telling = TellAsync(socket, watcher.Reader);

            // No token: cancelling a receive would abort the WebSocket.
            await socket.ReceiveAsync(new byte[128].AsMemory(), CancellationToken.None);
            watcher.Writer.Complete();
            await telling;
            using var patience = new CancellationTokenSource(AnswerTimeout, time);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // Nobody watches any more.
            watcher.Writer.TryComplete();
        }
        finally
        {
            run.Webhooks.Unwatch(watcher);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task TellAsync(WebSocket socket, ChannelReader<WebhookEntry> entries)
    {
        await foreach (var entry in entries.ReadAllAsync())
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(entry, Json).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
    }

    private async Task DeliverAsync(LabRun run, byte[] key, Uri receiver, WebhookEntry happened)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id = happened.Id, run = run.Id, time = happened.Time }, Json);
        var pause = FirstPause;

        try
        {
            for (var attempt = 1; attempt <= MaxAttempts; attempt++, pause *= 2)
            {
                var begun = time.GetTimestamp();
                var status = await PostAsync(key, receiver, happened.Id, body);
                var isDone = status is >= 200 and < 300 || attempt == MaxAttempts;

                run.Webhooks.Add(new WebhookEntry(
                    "attempt",
                    happened.Id,
                    LabReport.TimeOf(time),
                    attempt,
                    status,
                    isDone ? null : pause.TotalMilliseconds,
                    Math.Round(time.GetElapsedTime(begun).TotalMilliseconds, 1)));

                if (isDone)
                {
                    return;
                }

                await Task.Delay(pause, time, lifetime.ApplicationStopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
        finally
        {
            run.Webhooks.End(happened.Id);
        }
    }

    /// <returns>The status that was answered; <see langword="null"/> when nobody answered.</returns>
    private async Task<int?> PostAsync(byte[] key, Uri receiver, string id, byte[] body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, receiver) { Content = new ByteArrayContent(body) };

        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(key, id, timestamp, body));

        try
        {
            using var response = await _http.SendAsync(request, lifetime.ApplicationStopping);
            return (int)response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
