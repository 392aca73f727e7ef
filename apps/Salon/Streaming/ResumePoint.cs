using Microsoft.Extensions.Primitives;

namespace Salon.App.Streaming;

/// <summary>Where a client says that it was.</summary>
/// <param name="Id">The last event that it has; <see langword="null"/> when it is new.</param>
/// <param name="IsInvalid">Whether it said something that is no id.</param>
internal readonly record struct ResumePoint(StreamId? Id, bool IsInvalid = false)
{
    /// <summary>A client that has nothing yet.</summary>
    public static ResumePoint Start => default;

    /// <summary>Reads it from a request for a stream: from the header that a browser sends when it comes back, or else from the query.</summary>
    // The header first: the address stays what it was when the page made it.
    public static ResumePoint Of(HttpRequest request) =>
        request.Headers["Last-Event-ID"] is { Count: > 0 } header && header != "" ? Parse(header)
        : request.Query["lastEventId"] is { Count: > 0 } query ? Parse(query)
        : Parse(request.Query["last_event_id"]);

    public static ResumePoint Parse(StringValues values) => values.ToString() switch
    {
        "" => Start,
        var text when StreamId.TryParse(text, out var id) => new ResumePoint(id),
        _ => new ResumePoint(null, IsInvalid: true),
    };
}
