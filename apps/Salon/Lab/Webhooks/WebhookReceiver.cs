using System.Text.Json;

namespace Salon.App.Lab.Webhooks;

/// <summary>The other end of a webhook: believes what is signed, and refuses it as often as the page wants to see that.</summary>
internal sealed class WebhookReceiver(LabRuns runs, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var body = new byte[LabLimits.BodyBytes];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        var headers = context.Request.Headers;
        var id = headers[WebhookSignature.IdHeader].ToString();
        var content = body.AsMemory(0, length);

        // Whose it is stands in the body, so it is read before it is believed; nothing else is done with it.
        var run = runs.Find(ReadRun(content));

        var timestamp = headers[WebhookSignature.TimestampHeader].ToString();
        var signature = headers[WebhookSignature.SignatureHeader].ToString();

        if (run.Webhooks.Registration is not { } registration
            || !WebhookSignature.Verify(registration.Key, id, timestamp, content.Span, signature, time.GetUtcNow())
            || !run.Webhooks.IsPending(id))
        {
            throw LabException.BadSignature;
        }

        if (run.Webhooks.TakeRefusal(id))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        run.Webhooks.Add(new WebhookEntry("received", id, LabReport.TimeOf(time)));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string? ReadRun(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);

            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("run", out var run) && run.ValueKind == JsonValueKind.String ? run.GetString() : null;
        }
        catch (JsonException)
        {
            throw LabException.Invalid("json", "The body has to be a JSON object.");
        }
    }
}
