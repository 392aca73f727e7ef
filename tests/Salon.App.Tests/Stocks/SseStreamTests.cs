using Microsoft.Extensions.Logging.Abstractions;
using System.IO.Pipelines;
using System.Text;
using Salon.App.Streaming;

namespace Salon.App.Tests.Stocks;

/// <summary>One stream, and those who have something for it.</summary>
public class SseStreamTests
{
    [Fact]
    public async Task News_that_come_before_a_stream_has_begun_wait_until_it_has()
    {
        await using var server = await StocksServer.StartAsync();
        using var streams = new SseStreams(TimeProvider.System, new SseOptions(), NullLogger<SseStreams>.Instance);
        var pipe = new Pipe();
        var stream = new SseStream(new FeedCursor(server.Market.Feed, TopicSet.All, ResumePoint.Start), pipe.Writer, streams, static () => { });

        stream.OnNews();
        var early = pipe.Reader.TryRead(out _);
        stream.Start();
        var read = await pipe.Reader.ReadAsync();
        stream.Close();

        Assert.False(early);
        Assert.Matches("^retry: [0-9]+\n\nid: ", Encoding.UTF8.GetString(read.Buffer));
    }
}
