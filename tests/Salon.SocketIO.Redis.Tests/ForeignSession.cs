using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A session of polling, and the address of a server that does not have it.</summary>
/// <param name="Client">The client, which talks to the server that has it.</param>
/// <param name="Http">What sends the requests.</param>
/// <param name="Elsewhere">The address of the session on a server that does not have it.</param>
internal sealed record ForeignSession(RawPollingClient Client, HttpClient Http, Uri Elsewhere) : IAsyncDisposable
{
    public Task<HttpResponseMessage> GetAsync(CancellationToken cancellation = default) => Http.GetAsync(Elsewhere, cancellation);

    public Task<HttpResponseMessage> PostAsync(string body) => Http.PostAsync(Elsewhere, new StringContent(body));

    /// <summary>Asks for something that is answered, by a POST elsewhere.</summary>
    /// <returns>What a GET elsewhere brings.</returns>
    public async Task<string> AskAsync(string @event)
    {
        using var posted = await PostAsync(@event);
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
        using var response = await GetAsync();
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
