namespace Salon.Http;

/// <summary>Where the page that sends a request comes from.</summary>
internal enum OriginVerdict
{
    /// <summary>From here, from an allowed origin, or from no page at all.</summary>
    Allowed,

    /// <summary>From somewhere else.</summary>
    Foreign,

    /// <summary>The header is not an origin.</summary>
    Malformed,
}
