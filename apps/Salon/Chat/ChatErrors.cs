using Salon.App.Storage;
using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>Every way in which the chat says no. Clients translate by the code.</summary>
internal static class ChatErrors
{
    public const string RateLimitedCode = "rate_limited";

    public const string RateLimitedMessage = "Too much at once. Wait a moment.";

    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromSeconds(2);

    public static SocketIOException InvalidRoom =>
        new("invalid_room", $"A room's name has 1 to {ChatLimits.RoomNameLength} characters, and none that cannot be seen.");

    public static SocketIOException AlreadyExists(string room) => new("already_exists", $"There is a room \"{room}\" already.");

    public static SocketIOException NotAMember(string room) => new("not_a_member", $"You are not in \"{room}\".");

    public static SocketIOException NotFound(string room) => new("not_found", $"There is no room \"{room}\".");

    public static SocketIOException Empty => new("empty", "A message needs text.");

    public static SocketIOException TooLong => new("too_long", $"A message has at most {ChatLimits.MessageLength} characters.");

    public static SocketIOException InvalidText => new("invalid_text", "A message holds whole characters, and letters with few marks.");

    public static SocketIOException TooManyRooms => new("too_many_rooms", "There are too many rooms already.");

    public static SocketIOException Unavailable => new("unavailable", "The database does not answer. Try again in a moment.", UnavailableRetry);

    public static SocketIOException RateLimited(TimeSpan retryAfter) =>
        new(RateLimitedCode, RateLimitedMessage, retryAfter);

    public static SocketIOException InvalidArgument(string message) => new("invalid_argument", message);

    /// <summary>Uses the database; a client is told when it does not answer.</summary>
    /// <exception cref="SocketIOException">It does not.</exception>
    public static async Task<T> OrUnavailableAsync<T>(Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (StorageException)
        {
            throw Unavailable;
        }
    }
}
