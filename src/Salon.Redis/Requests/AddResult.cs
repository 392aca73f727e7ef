namespace Salon.Redis.Requests;

internal enum AddResult
{
    Added,

    /// <summary>More waits than may.</summary>
    Full,

    /// <summary>Nothing is taken any more.</summary>
    Closed,
}
