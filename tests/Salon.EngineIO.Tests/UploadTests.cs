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
