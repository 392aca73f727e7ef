using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Requests;
using Salon.EngineIO.Sessions;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What a client sends as a body, in pieces, too much, too slowly, or not to its end: over a pipe and by our clock.</summary>
[Trait("Stage", "fast")]
public sealed class RequestBodyTests : IDisposable
{
    private const int MaxLength = 10_000;

    private readonly ManualTimeProvider _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
    private readonly DefaultHttpContext _context = new();
    private readonly ServiceProvider _services;
    private readonly EngineServer _server;
    private readonly RequestBody _body;

    public RequestBodyTests()
    {
        _services = new ServiceCollection().AddSingleton<TimeProvider>(_time).BuildServiceProvider();
        _server = new EngineServer(new EngineIOOptions { UploadTimeout = TimeSpan.FromSeconds(30) }, static _ => SilentHandler.Instance, _services);
        _body = new RequestBody(MaxLength, _server);
        _context.Features.Set<IRequestBodyPipeFeature>(new Body(_pipe.Reader));
    }

    public void Dispose()
    {
        _body.Dispose();
        _server.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(MaxLength)]
    public async Task A_body_is_what_was_sent_whatever_the_pieces_it_came_in(int length)
    {
        var sent = Enumerable.Range(0, length).Select(static i => (byte)i).ToArray();
        var reading = _body.ReadAsync(_context).AsTask();

        foreach (var piece in sent.Chunk(777))
        {
            Assert.False(reading.IsCompleted);
            await _pipe.Writer.WriteAsync(piece);
        }

        await _pipe.Writer.CompleteAsync();

        Assert.Equal(BodyStatus.Complete, await reading.Soon());
        Assert.Equal(sent, _body.Data.ToArray());
        _body.Dispose();
        _body.Dispose();
    }

    [Fact]
    public async Task A_body_that_says_that_it_is_too_long_is_not_read_at_all()
    {
        _context.Request.ContentLength = MaxLength + 1;
        await WriteAsync("something");

        Assert.Equal(BodyStatus.TooLarge, await _body.ReadAsync(_context));

        Assert.True(_body.Data.IsEmpty);
        Assert.True(_pipe.Reader.TryRead(out var left));
        Assert.Equal(9, left.Buffer.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(MaxLength)]
    [InlineData(100 * MaxLength)]
    public async Task A_body_that_is_longer_than_it_may_be_ends_there_and_keeps_no_more_than_it_may(int tooMany)
    {
        var reading = _body.ReadAsync(_context).AsTask();
        await _pipe.Writer.WriteAsync(new byte[MaxLength]);
        Assert.False(reading.IsCompleted);
        await _pipe.Writer.WriteAsync(new byte[tooMany]);

        Assert.Equal(BodyStatus.TooLarge, await reading.Soon());
        Assert.Equal(MaxLength, _body.Data.Length);
    }

    [Fact]
    public async Task However_slowly_it_comes_it_is_taken_but_not_for_longer_than_its_time_as_a_whole()
    {
        var reading = _body.ReadAsync(_context).AsTask();

        for (var i = 0; i < 29; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await WriteAsync("x");
        }

        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(BodyStatus.TooSlow, await reading.Soon());
        Assert.Equal(29, _body.Data.Length);
    }

    [Fact]
    public async Task Once_it_is_read_its_time_does_not_touch_whoever_reads_the_connection_next()
    {
        var reading = _body.ReadAsync(_context).AsTask();
        _time.Advance(TimeSpan.FromSeconds(29));
        await WriteAsync("whole");
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(BodyStatus.Complete, await reading.Soon());

        await _pipe.Reader.CompleteAsync();
        _pipe.Reset();
        var later = _pipe.Reader.ReadAsync().AsTask();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(later.IsCompleted);
        Assert.Equal("whole", Encoding.UTF8.GetString(_body.Data.Span));
    }

    [Fact]
    public async Task A_body_that_is_there_as_a_whole_has_no_deadline()
    {
        await WriteAsync("whole");
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(BodyStatus.Complete, await _body.ReadAsync(_context));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("whole", Encoding.UTF8.GetString(_body.Data.Span));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(BadHttpRequestException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task A_client_that_goes_away_in_the_middle_is_no_failure_of_ours(Type type)
    {
        var reading = _body.ReadAsync(_context).AsTask();
        await WriteAsync("half");
        await _pipe.Writer.CompleteAsync(type == typeof(BadHttpRequestException) ? new BadHttpRequestException("Unexpected end.") : (Exception)Activator.CreateInstance(type)!);

        Assert.Equal(BodyStatus.Aborted, await reading.Soon());
        _time.Advance(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task What_is_a_mistake_of_the_server_is_not_hidden_and_leaves_no_deadline_behind()
    {
        var reading = _body.ReadAsync(_context).AsTask();
        await _pipe.Writer.CompleteAsync(new InvalidOperationException("A mistake."));

        await Assert.ThrowsAsync<InvalidOperationException>(() => reading.Soon());
        await _pipe.Reader.CompleteAsync();
        _pipe.Reset();
        var later = _pipe.Reader.ReadAsync().AsTask();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(later.IsCompleted);
    }

    [Fact]
    public async Task The_servers_own_limits_are_lifted_where_they_may_be()
    {
        var (size, rate) = (new SizeLimit { MaxRequestBodySize = 1 }, new RateLimit { MinDataRate = new(1, TimeSpan.FromSeconds(5)) });
        _context.Features.Set<IHttpMaxRequestBodySizeFeature>(size);
        _context.Features.Set<IHttpMinRequestBodyDataRateFeature>(rate);
        await _pipe.Writer.CompleteAsync();

        Assert.Equal(BodyStatus.Complete, await _body.ReadAsync(_context));

        Assert.Null(size.MaxRequestBodySize);
        Assert.Null(rate.MinDataRate);
        var fixedSize = new SizeLimit { MaxRequestBodySize = 1, IsReadOnly = true };
        _context.Features.Set<IHttpMaxRequestBodySizeFeature>(fixedSize);
        Assert.Equal(BodyStatus.Complete, await new RequestBody(1, _server).ReadAsync(_context));
        Assert.Equal(1, fixedSize.MaxRequestBodySize);
    }

    private async Task WriteAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;

    private sealed class SizeLimit : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly { get; init; }

        public long? MaxRequestBodySize { get; set; }
    }

    private sealed class RateLimit : IHttpMinRequestBodyDataRateFeature
    {
        public Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate? MinDataRate { get; set; }
    }
}
