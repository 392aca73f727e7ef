using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A stream of server-sent events of the lab, and what has come on it. An event counts when it is whole.</summary>
internal sealed class LabStream(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StreamReader _reader = new(body);
    private string? _id;
    private string? _data;

    /// <summary>The messages that have come.</summary>
    public List<long> Numbers { get; } = [];

    /// <summary>Where to go on.</summary>
    public string? LastId { get; private set; }

    /// <summary>Why it did not begin where it was asked to.</summary>
    public string? Reset { get; private set; }

    /// <summary>Reads until so many messages have come in all, or the stream ends.</summary>
    public async Task ReadAsync(int count)
    {
        try
        {
            while (Numbers.Count < count && await _reader.ReadLineAsync().Soon() is { } line)
            {
                Read(line);
            }
        }
        catch (Exception exception) when (exception is HttpIOException or IOException)
        {
            // The connection was broken on purpose.
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }

    private void Read(string line)
    {
        if (line.StartsWith("id: ", StringComparison.Ordinal))
        {
            _id = line[4..];
        }
        else if (line.StartsWith("data: ", StringComparison.Ordinal))
        {
            _data = line[6..];
        }
        else if (line.Length == 0 && _data is { } data)
        {
            Take(JsonDocument.Parse(data).RootElement);
            _data = null;
        }
    }

    private void Take(JsonElement data)
    {
        if (data.TryGetProperty("reason", out var reason))
        {
            Reset = reason.GetString();
            return;
        }

        Numbers.Add(data.GetProperty("seq").GetInt64());
        LastId = _id;
    }
}
