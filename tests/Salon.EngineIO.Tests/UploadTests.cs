using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>POSTs that come slowly, or one right behind the other.</summary>
public class UploadTests
{
    [Fact]
    public async Task A_post_that_pauses_for_longer_than_kestrel_allows_is_taken()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await SendAsync(connection, Head(client, 9));

        // Kestrel's own patience: 240 bytes a second, after five seconds. Real time, since its clock is not ours.
        using (var pause = new PeriodicTimer(TimeSpan.FromSeconds(8)))
        {
            await pause.WaitForNextTickAsync();
        }

        await SendAsync(connection, "4still ok");

        Assert.StartsWith("HTTP/1.1 200", await connection.ReceiveHeadAsync());
        Assert.Equal("4still ok", await client.ReceiveAsync());
    }

    [Fact]
    public async Task What_comes_of_a_post_is_a_sign_of_life_and_its_time_as_a_whole_is_bounded()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await SendAsync(connection, Head(client, 1000) + "4");
        await Eventually.Async("it is being read", () => server.Sessions.First().Polling!.Posts.Count == 1);

        // Longer than the heartbeat waits for a silent client: what comes of the body is all that is heard of this one.
        for (var second = 0; second < 110; second += 5)
        {
            await SendAsync(connection, "x");
            await Eventually.Async("it is heard", () => server.Sessions.First().IsHeard);
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(server.Closes);

        await Eventually.Async("the time is over", () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return !server.Closes.IsEmpty;
        });

        Assert.StartsWith("HTTP/1.1 408", await connection.ReceiveHeadAsync());
        Assert.Equal(CloseReason.TransportError, Assert.Single(server.Closes));
        using var late = await client.GetAsync();
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    [Fact]
    public async Task Posts_that_take_more_memory_than_there_is_for_them_are_refused_until_others_are_done()
    {
        await using var server = await EchoServer.StartAsync(options => (options.MaxHttpBufferSize, options.MaxBodyBytes) = (100_000, 1));
        var (clients, connections) = (new List<RawPollingClient>(), new List<RawConnection>());

        // Blocks of 128 KiB, of which three fit into four times the largest body.
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await RawPollingClient.OpenAsync(server.Uri));
            connections.Add(await RawConnection.ConnectAsync(server.Uri));
            await SendAsync(connections[i], Head(clients[i], 90_000) + "4" + new string('x', 79_999));
            var expected = Math.Min(i + 1, 3) * 128 * 1024;
            await Eventually.Async("it is held", () => server.Engine.Bodies.Total == expected && (i < 3 || !server.Closes.IsEmpty));
        }

        var refusal = await connections[3].ReceiveHeadAsync();
        Assert.StartsWith("HTTP/1.1 503", refusal);
        Assert.Contains("Retry-After: 5", refusal);
        Assert.Equal(CloseReason.TransportError, Assert.Single(server.Closes));

        await SendAsync(connections[0], new string('x', 10_000));
        Assert.StartsWith("HTTP/1.1 200", await connections[0].ReceiveHeadAsync());
        Assert.Equal(90_000, (await clients[0].ReceiveAsync())!.Length);

        // One that is given up half way gives its room back, too.
        connections[1].Dispose();
        await Eventually.Async("there is room again", () => server.Engine.Bodies.Total == 128 * 1024);

        await using var next = await RawPollingClient.OpenAsync(server.Uri);
        await next.SendAsync("4" + new string('y', 80_000));
        Assert.Equal(80_001, (await next.ReceiveAsync())!.Length);
        await SendAsync(connections[2], new string('x', 10_000));
        Assert.StartsWith("HTTP/1.1 200", await connections[2].ReceiveHeadAsync());
        await Eventually.Async("all is given back", () => server.Engine.Bodies.Total == 0);

        connections.ForEach(static connection => connection.Dispose());

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_next_post_is_taken_as_soon_as_the_last_one_is_being_answered()
    {
        var answer = new HeldStream();
        var posts = 0;

        await using var server = await TestServer.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Method == "POST" && Interlocked.Increment(ref posts) == 1)
                {
                    answer.Inner = context.Response.Body;
                    context.Response.Body = answer;
                }

                return next(context);
            });
            app.MapEngineIO(EchoServer.Path, static session => new Echo(session));
        });
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        // The client has the answer, and the server does not know yet that it is sent.
        using var first = await client.PostAsync("4first");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await answer.Written.Soon();

        // On another connection: the first one is busy on the server's side.
        using var second = await server.Http.PostAsync(client.Url, new StringContent("4second"));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        answer.Release();
        Assert.Equal("4first", await client.ReceiveAsync());
        Assert.Equal("4second", await client.ReceiveAsync());
    }

    private static string Head(RawPollingClient client, int length) =>
        $"POST {client.Url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n";

    private static Task SendAsync(RawConnection connection, string text) => connection.SendAsync(Encoding.UTF8.GetBytes(text));

    private sealed class Echo(EngineSession session) : IEngineHandler
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            session.TrySend(EngineMessage.CreateText(data.Span));
            return default;
        }

        public void OnClose(CloseReason reason)
        {
        }
    }

    /// <summary>The body of an answer: what is written is sent, but the writer is not told so until it is released.</summary>
    private sealed class HeldStream : Stream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stream Inner { get; set; } = Null;

        public Task Written => _written.Task;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Release() => _released.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Inner.WriteAsync(buffer, cancellationToken);
            _written.TrySetResult();
            await _released.Task;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => Inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
