using System.Text;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>Reads an event stream line by line, and shares no code with the server. Disposing hangs up without a word.</summary>
internal sealed class SseClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly StreamReader _reader;

    private SseClient(HttpClient http, HttpResponseMessage response, Stream body)
    {
        (_http, Response) = (http, response);
        _reader = new StreamReader(body, Encoding.UTF8);
    }

    public HttpResponseMessage Response { get; }

    public static async Task<SseClient> OpenAsync(Uri server, string path = "/stocks/stream", string? lastEventId = null)
    {
        var http = new HttpClient { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Soon();
        return new SseClient(http, response, await response.Content.ReadAsStreamAsync().Soon());
    }

    /// <summary>Reads the next block, whatever it is; <see langword="null"/> at the end of the stream.</summary>
    public async Task<SseEvent?> ReadAnyAsync()
    {
        string? id = null, name = null, data = null, retry = null, comment = null;

        while (await _reader.ReadLineAsync().Soon() is { } line)
        {
            if (line.Length == 0)
            {
                return new SseEvent(id, name ?? "message", data ?? "", retry, comment);
            }

            var colon = line.IndexOf(':');
            var value = line[(colon + 1)..].TrimStart(' ');

            switch (line[..colon])
            {
                case "id": id = value; break;
                case "event": name = value; break;
                case "data": data = data is null ? value : $"{data}\n{value}"; break;
                case "retry": retry = value; break;
                case "": comment = value; break;
                default: throw new InvalidDataException(line);
            }
        }

        return null;
    }

    /// <summary>Reads the next event that has data.</summary>
    public async Task<SseEvent?> ReadAsync()
    {
        while (await ReadAnyAsync() is { } next)
        {
            if (next.Data.Length > 0)
            {
                return next;
            }
        }

        return null;
    }

    /// <summary>Reads the next event of a name.</summary>
    public async Task<SseEvent> ReadAsync(string name)
    {
        while (await ReadAsync() is { } next)
        {
            if (next.Name == name)
            {
                return next;
            }
        }

        throw new InvalidOperationException($"The stream has ended without {name}.");
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        Response.Dispose();
        _http.Dispose();
        return default;
    }
}
