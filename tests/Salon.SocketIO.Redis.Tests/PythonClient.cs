using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A client of a Python process, which tells the process what to do.</summary>
internal sealed class PythonClient : IAsyncDisposable
{
    private readonly RawClient _client;
    private readonly string _prefix;
    private int _lastId;

    private PythonClient(RawClient client, string @namespace)
    {
        _client = client;
        _prefix = @namespace == "/" ? "" : @namespace + ",";
    }

    /// <summary>The id of its socket.</summary>
    public string Sid { get; private set; } = "";

    public static async Task<PythonClient> ConnectAsync(Uri server, string @namespace)
    {
        var client = new PythonClient(await RawClient.OpenAsync(server, "polling", "/socket.io/"), @namespace);
        await client.SendAsync($"40{client._prefix}");
        client.Sid = (await client.ReceiveAsync())!.Split("\"sid\":\"")[1].Split('"')[0];
        return client;
    }

    /// <summary>Has the process do something, and waits until it has.</summary>
    /// <returns>What it answers, as JSON.</returns>
    public async Task<string> DoAsync(string command)
    {
        var id = ++_lastId;
        await SendAsync($"42{_prefix}{id}{command}");
        var answer = await ReceiveAsync();
        Assert.StartsWith($"43{_prefix}{id}", answer, StringComparison.Ordinal);
        return answer![$"43{_prefix}{id}".Length..];
    }

    /// <summary>Has the process do something that is seen elsewhere.</summary>
    public Task StartAsync(string command) => SendAsync($"42{_prefix}{command}");

    /// <summary>The next packet.</summary>
    public Task<string?> ReceiveAsync() => TryTwiceAsync(_client.ReceiveAsync);

    /// <summary>Answers a question.</summary>
    public Task AnswerAsync(string question, string arguments) =>
        SendAsync($"43{_prefix}{question[(2 + _prefix.Length)..question.IndexOf('[', StringComparison.Ordinal)]}{arguments}");

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private Task SendAsync(string packet) => TryTwiceAsync(async () =>
    {
        await _client.SendAsync(packet);
        return packet;
    });

    // The server of Python's own library hangs up now and then, when the machine is busy, before it has read a request.
    private static async Task<T> TryTwiceAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return await request();
        }
    }
}
