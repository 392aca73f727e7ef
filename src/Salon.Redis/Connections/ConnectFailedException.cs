namespace Salon.Redis.Connections;

/// <summary>No connection could be made. Seen by those who try again, never by users.</summary>
internal sealed class ConnectFailedException(ConnectFailure failure, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public ConnectFailure Failure => failure;

    /// <summary>Whether trying again will not help before somebody changes something.</summary>
    public bool IsLasting => failure is ConnectFailure.Refused or ConnectFailure.Unsupported;
}
