using System.Text.Json;

namespace Salon.Drills.Clients;

/// <summary>Asking the chat as a good client does: who is asked to wait does so.</summary>
internal static class ChatReplies
{
    /// <summary>Why the chat refused.</summary>
    /// <returns>The code, and when to try again; <see langword="null"/> when it did not refuse.</returns>
    public static (string Code, TimeSpan RetryAfter)? ReadError(this JsonElement answer)
    {
        if (answer.GetProperty("ok").GetBoolean())
        {
            return null;
        }

        var error = answer.GetProperty("error");
        var seconds = error.TryGetProperty("retryAfter", out var after) ? after.GetDouble() : 0.2;
        return (error.GetProperty("code").GetString()!, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Asks until it is granted.</summary>
    /// <returns>The answer; <see langword="null"/> when it is refused for good.</returns>
    public static async Task<JsonElement?> AskPatientlyAsync(this ChatSession session, string name, Func<object> makeRequest)
    {
        while (true)
        {
            var answer = await session.AskAsync(name, makeRequest());

            if (answer.ReadError() is not { } error)
            {
                return answer;
            }

            if (error.Code is not ("rate_limited" or "unavailable"))
            {
                return null;
            }

            await session.PauseAsync(error.RetryAfter);
        }
    }

    /// <summary>Waits, unless the session ends meanwhile.</summary>
    /// <exception cref="WireException">It does.</exception>
    public static async Task PauseAsync(this ChatSession session, TimeSpan time)
    {
        try
        {
            await Task.Delay(time, session.Ended);
        }
        catch (OperationCanceledException exception)
        {
            throw new WireException("The session is over.", exception);
        }
    }
}
