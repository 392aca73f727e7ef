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
        await client._client.SendAsync($"40{client._prefix}");
        client.Sid = (await client._client.ReceiveAsync())!.Split("\"sid\":\"")[1].Split('"')[0];
        return client;
    }

    /// <summary>Has the process do something, and waits until it has.</summary>
    /// <returns>What it answers, as JSON.</returns>
    public async Task<string> DoAsync(string command)
    {
        var id = ++_lastId;
        await _client.SendAsync($"42{_prefix}{id}{command}");
        var answer = await _client.ReceiveAsync();
        Assert.StartsWith($"43{_prefix}{id}", answer, StringComparison.Ordinal);
        return answer![$"43{_prefix}{id}".Length..];
    }

    /// <summary>Has the process do something that is seen elsewhere.</summary>
    public Task StartAsync(string command) => _client.SendAsync($"42{_prefix}{command}");

    /// <summary>The next packet.</summary>
    public Task<string?> ReceiveAsync() => _client.ReceiveAsync();

    /// <summary>Answers a question.</summary>
    public Task AnswerAsync(string question, string arguments) =>
        _client.SendAsync($"43{_prefix}{question[(2 + _prefix.Length)..question.IndexOf('[', StringComparison.Ordinal)]}{arguments}");

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
