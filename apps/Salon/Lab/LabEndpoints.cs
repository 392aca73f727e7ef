using System.Text.Json;
using Salon.App.Hosting;
using Salon.App.Hosting.Budgets;
using Salon.App.Lab.Delivery;
using Salon.App.Lab.Processor;
using Salon.App.Lab.Webhooks;
using Salon.Http;

namespace Salon.App.Lab;

/// <summary>The addresses of the lab. What a client does wrong is answered with a problem document.</summary>
internal sealed class LabEndpoints(
    LabRuns runs,
    ProcessorMeter meter,
    WebhookSender webhooks,
    WebhookReceiver receiver,
    TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly LabPoll _poll = new(time);
    private readonly LabEventStream _stream = new(time);
    private readonly LabWebSocket _webSocket = new(time);

    // Each run has its own as well.
    private readonly BudgetTable<ClientAddress> _requests = new(LabLimits.AddressRequests, time);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var lab = endpoints.MapGroup("/lab").AnswersDirectly();

        lab.MapRead("/clock", Answer(context => WriteAsync(context, new { time = LabReport.TimeOf(time) })));
        lab.MapPost("/runs", Answer(BeginAsync));
        lab.MapRead("/runs/{id}", ForPage((context, run) => WriteAsync(context, LabReport.Of(run, time))));
        lab.MapPatch("/runs/{id}", ForPage(ChangeAsync));
        lab.MapDelete("/runs/{id}", ForPage(End));
        lab.MapPost("/runs/{id}/cut", ForPage(CutAsync));
        lab.MapPost("/runs/{id}/restart", ForPage(RestartAsync));
        lab.MapPost("/runs/{id}/processor", ForPage(MeasureAsync));
        lab.MapPut("/runs/{id}/webhook", ForPage(RegisterWebhookAsync));
        lab.MapDelete("/runs/{id}/webhook", ForPage(UnregisterWebhook));
        lab.MapPost("/runs/{id}/webhook", ForPage(SendWebhookAsync));
        lab.MapRead("/runs/{id}/webhook", ForPage((context, run) => webhooks.FollowAsync(context, run)));
        lab.MapPost("/webhook-receiver", Answer(receiver.HandleAsync));

        lab.MapRead("/runs/{id}/poll", ForRun(_poll.HandleAsync));
        lab.MapRead("/runs/{id}/stream", ForRun(_stream.HandleAsync));
        lab.MapRead("/runs/{id}/ws", ForRun(_webSocket.HandleAsync));
    }

    private RequestDelegate ForPage(Func<HttpContext, LabRun, Task> handle) => ForRun((context, run) =>
    {
        run.Traffic.OnRequest(context);
        return handle(context, run);
    });

    private RequestDelegate ForRun(Func<HttpContext, LabRun, Task> handle) =>
        Answer(context => handle(context, runs.Find(context.Request.RouteValues["id"] as string)));

    private RequestDelegate Answer(Func<HttpContext, Task> handle) => async context =>
    {
        try
        {
            if (RequestOrigin.Check(context.Request) != OriginVerdict.Allowed)
            {
                throw LabException.ForeignOrigin;
            }

            TakeRequest(context);

            await handle(context);
        }
        catch (LabException exception)
        {
            await exception.WriteAsync(context);
        }
    };

    private void TakeRequest(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string;

        // The lab's own clients come from one address, and are as many as they are.
        if (!runs.IsVirtual(id) && !_requests.TryTake(ClientAddress.Of(context.Connection.RemoteIpAddress), 1, out var retryAfter))
        {
            throw LabException.RateLimited(retryAfter);
        }
    }

    private async Task BeginAsync(HttpContext context)
    {
        var settings = new LabSettings().With(await ReadAsync<LabSettingsRequest>(context));
        var run = runs.Begin(settings, ClientAddress.Of(context.Connection.RemoteIpAddress));
        run.Traffic.OnRequest(context);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/lab/runs/{run.Id}";
        await WriteAsync(context, LabReport.Of(run, time));
    }

    private async Task ChangeAsync(HttpContext context, LabRun run)
    {
        run.Settings = run.Settings.With(await ReadAsync<LabSettingsRequest>(context));
        await WriteAsync(context, LabReport.Of(run, time));
    }

    private Task End(HttpContext context, LabRun run)
    {
        runs.End(run);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task CutAsync(HttpContext context, LabRun run)
    {
        var seconds = (await ReadAsync<CutRequest>(context)).Seconds ?? 5;

        if (seconds is < 1 or > LabLimits.MaxCutSeconds)
        {
            throw LabException.Invalid("seconds", $"\"seconds\" is a whole number from 1 to {LabLimits.MaxCutSeconds}.");
        }

        run.Interrupt(LabPhase.Cut, TimeSpan.FromSeconds(seconds));
        await WriteAsync(context, LabReport.Of(run, time));
    }

    private Task RestartAsync(HttpContext context, LabRun run)
    {
        run.Interrupt(LabPhase.Restarting, LabLimits.RestartTime);
        return WriteAsync(context, LabReport.Of(run, time));
    }

    private async Task MeasureAsync(HttpContext context, LabRun run)
    {
        var clients = (await ReadAsync<ProcessorRequest>(context)).Clients ?? 10;

        if (clients is < 1 or > LabLimits.MaxVirtualClients)
        {
            throw LabException.Invalid("clients", $"\"clients\" is a whole number from 1 to {LabLimits.MaxVirtualClients}.");
        }

        meter.Start(run, clients);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await WriteAsync(context, LabReport.Of(run, time));
    }

    private async Task RegisterWebhookAsync(HttpContext context, LabRun run)
    {
        var registration = WebhookRegistration.Create((await ReadAsync<RegistrationRequest>(context)).Url, context.Request.Host);
        context.Response.StatusCode = run.Webhooks.Registration is null ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        run.Webhooks.Registration = registration;
        await WriteAsync(context, new { url = registration.Url, secret = registration.Secret });
    }

    private Task UnregisterWebhook(HttpContext context, LabRun run)
    {
        run.Webhooks.Registration = null;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task SendWebhookAsync(HttpContext context, LabRun run)
    {
        var failures = (await ReadAsync<WebhookRequest>(context)).Failures ?? 0;

        if (failures is < 0 or > WebhookSender.MaxFailures)
        {
            throw LabException.Invalid("failures", $"\"failures\" is a whole number from 0 to {WebhookSender.MaxFailures}.");
        }

        var sent = webhooks.Send(run, failures);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await WriteAsync(context, sent);
    }

    private static Task WriteAsync<T>(HttpContext context, T value)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value);
    }

    /// <summary>Reads a JSON object; an empty body is an empty object.</summary>
    private static async Task<T> ReadAsync<T>(HttpContext context)
        where T : class
    {
        var body = new byte[LabLimits.BodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);

        if (length > LabLimits.BodyBytes)
        {
            throw new LabException(StatusCodes.Status413PayloadTooLarge, "too_large", $"A request's body has at most {LabLimits.BodyBytes} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(length == 0 ? "{}"u8 : body.AsSpan(0, length), Json)
                ?? throw LabException.Invalid("json", "The body has to be a JSON object.");
        }
        catch (JsonException)
        {
            throw LabException.Invalid("json", "The body has to be a JSON object with the members that are asked for.");
        }
    }

    private sealed record CutRequest(int? Seconds);

    private sealed record ProcessorRequest(int? Clients);

    private sealed record RegistrationRequest(string? Url);

    private sealed record WebhookRequest(int? Failures);
}
