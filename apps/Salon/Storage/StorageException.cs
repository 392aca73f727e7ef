namespace Salon.App.Storage;

/// <summary>The database does not answer, or could not do what it was asked. It was logged where it happened.</summary>
internal sealed class StorageException(string message, Exception? innerException = null) : Exception(message, innerException);
