namespace Salon.App.Hosting;

/// <summary>A setting is wrong. The message is the one line that the user sees, and names the setting.</summary>
internal sealed class SettingsException(string message) : Exception(message);
