namespace Salon.Redis.Requests;

/// <summary>Knows where a command goes that a server of a cluster refused.</summary>
internal interface IRedirector
{
    /// <param name="request">Who was refused.</param>
    /// <param name="error">With which words.</param>
    /// <returns>Whether the request was sent on, and its answer comes from elsewhere.</returns>
    bool TryRedirect(CommandRequest request, string error);
}
