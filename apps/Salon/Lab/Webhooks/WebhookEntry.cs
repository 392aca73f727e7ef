namespace Salon.App.Lab.Webhooks;

/// <summary>A line of the panel that shows both paths.</summary>
/// <param name="Kind"><c>event</c>: it happened, told over the WebSocket; <c>attempt</c>: an HTTP request of the webhook was answered; <c>received</c>: the receiver took it.</param>
/// <param name="Id">The event.</param>
/// <param name="Time">When, by the server's clock, in Unix milliseconds.</param>
/// <param name="Attempt">The how manieth request.</param>
/// <param name="Status">What the receiver answered; missing when it did not.</param>
/// <param name="RetryIn">In how many milliseconds the next request follows; missing when none does.</param>
/// <param name="Elapsed">How many milliseconds the request took.</param>
internal sealed record WebhookEntry(string Kind, string Id, double Time, int? Attempt = null, int? Status = null, double? RetryIn = null, double? Elapsed = null);
