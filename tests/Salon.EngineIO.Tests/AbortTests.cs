using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>How a connection ends that the server ends: whoever reads it learns why, also when nobody was reading.</summary>
public class AbortTests
{
    private const int BufferSize = 16 * 1024;

    [Fact]
    public async Task An_abort_tells_its_reason_also_when_nobody_was_reading()
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async connection =>
        {
            await full.Task;
            connection.Abort(new ConnectionAbortedException("enough"));
            read.SetResult(await ReadToEndAsync(connection.Transport.Input));
            await ClosedAsync(connection);
        });
        using var client = await ConnectAsync(app);

        Fill(client);
        full.SetResult();

        Assert.Equal("enough", Assert.IsType<ConnectionAbortedException>(await read.Task.Soon()).Message);
    }

    [Fact]
    public async Task An_abort_tells_its_reason_to_who_is_reading()
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async connection =>
        {
            var reading = ReadToEndAsync(connection.Transport.Input);
            await connected.Task;
            connection.Abort(new ConnectionAbortedException("enough"));
            connection.Abort(new ConnectionAbortedException("more than enough"));
            read.SetResult(await reading);
            await ClosedAsync(connection);
        });
        using var client = await ConnectAsync(app);

        connected.SetResult();

        Assert.Equal("enough", Assert.IsType<ConnectionAbortedException>(await read.Task.Soon()).Message);
    }

    [Fact]
    public async Task Whose_client_is_gone_learns_that_by_writing_although_nobody_reads()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async connection =>
        {
            await gone.Task;
            while (!(await connection.Transport.Output.WriteAsync(new byte[BufferSize])).IsCompleted)
            {
                // Until the network says that nobody takes it.
            }

            await ClosedAsync(connection);
            closed.SetResult();
        });
        var client = await ConnectAsync(app);

        Fill(client);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        gone.SetResult();

        await closed.Task.Soon();
    }

    [Fact]
    public async Task A_client_that_stops_sending_is_no_abort()
    {
        var read = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async connection => read.SetResult(await ReadToEndAsync(connection.Transport.Input)));
        using var client = await ConnectAsync(app);
        await client.SendAsync("x"u8.ToArray());

        client.Shutdown(SocketShutdown.Send);

        Assert.Null(await read.Task.Soon());
    }

    private static async Task<WebApplication> StartAsync(Func<ConnectionContext, Task> serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        if (Environment.GetEnvironmentVariable("SALON_TEST_KESTREL") != "stock")
        {
            builder.WebHost.UseEventLoops();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBufferSize = BufferSize;
            kestrel.Limits.MaxRequestLineSize = 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(serve));
        });

        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    private static async Task<Socket> ConnectAsync(WebApplication app)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = BufferSize };
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.First()).Port);
        return client;
    }

    /// <summary>Sends until nothing more is taken, anywhere between here and the application.</summary>
    private static void Fill(Socket client)
    {
        client.Blocking = false;
        var bytes = new byte[BufferSize];

        while (client.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectWrite))
        {
            try
            {
                client.Send(bytes);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                // Room for less than that.
            }
        }
    }

    private static async Task<Exception?> ReadToEndAsync(PipeReader reader)
    {
        try
        {
            while (await reader.ReadAsync() is { IsCompleted: false } result)
            {
                reader.AdvanceTo(result.Buffer.End);
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static async Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.Soon();
    }
}
