using Microsoft.Extensions.Logging;

namespace Salon.Tests;

/// <summary>One line that a server logged.</summary>
public sealed record LogEntry(LogLevel Level, string Category, string Message, Exception? Exception);
