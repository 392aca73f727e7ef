using System.Net;
using System.Net.Sockets;

namespace Salon.App.Lab.Processor;

/// <summary>
/// Clients of one technique inside the server's process: plain sockets, all on one thread, so that its processor time can be told from the
/// server's. Disposing ends them.
/// </summary>
internal sealed class VirtualClients : IDisposable
{
    private const int SelectMicroseconds = 20_000;
    private const int BufferSize = 64 * 1024;

    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(5);

    private readonly List<VirtualClient> _clients = [];
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _isEnding;
    private volatile Exception? _failure;
    private long _messages;
    private long _takenTicks;

    private VirtualClients(Uri server, string run, LabTechnique technique, int count)
    {
        _thread = new Thread(() => Run(server, run, technique, count)) { IsBackground = true, Name = "Lab clients" };
    }

    /// <summary>Completes when each has got its first message; fails when one cannot, and is cancelled when they are ended before.</summary>
    public Task Connected => _connected.Task;

    /// <summary>What has ended them before their time.</summary>
    public Exception? Failure => _failure;

    /// <summary>How many messages they got.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>The processor time of their thread.</summary>
    public TimeSpan Taken => new(Interlocked.Read(ref _takenTicks));

    public static VirtualClients Start(Uri server, string run, LabTechnique technique, int count)
    {
        var clients = new VirtualClients(server, run, technique, count);
        clients._thread.Start();
        return clients;
    }

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join(JoinTimeout);
    }

    private void Run(Uri server, string run, LabTechnique technique, int count)
    {
        try
        {
            Connect(server, run, technique, count);
            Serve();
        }
        catch (Exception exception)
        {
            // Nobody is above on a thread of its own: what is not caught here ends the whole server.
            _failure = exception;
            _connected.TrySetException(exception);
        }
        finally
        {
            _connected.TrySetCanceled();
            _clients.ForEach(static client => client.Dispose());
        }
    }

    private void Connect(Uri server, string run, LabTechnique technique, int count)
    {
        var address = IPAddress.TryParse(server.Host.Trim('[', ']'), out var parsed) ? parsed : Dns.GetHostAddresses(server.Host)[0];

        for (var i = 0; i < count && !_isEnding; i++)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var client = VirtualClient.Create(technique, socket, server.Authority, run);
            _clients.Add(client);
            socket.Connect(address, server.Port);
            client.Begin();
        }
    }

    private void Serve()
    {
        var byHandle = _clients.ToDictionary(static client => client.Socket);
        var readable = new List<Socket>(_clients.Count);
        var buffer = new byte[BufferSize];

        while (!_isEnding)
        {
            readable.Clear();
            readable.AddRange(byHandle.Keys);
            Socket.Select(readable, null, null, SelectMicroseconds);

            foreach (var socket in readable)
            {
                var count = socket.Receive(buffer);

                if (count == 0)
                {
                    throw new IOException("The server hung up on a virtual client.");
                }

                byHandle[socket].OnReceived(buffer.AsSpan(0, count));
            }

            foreach (var client in _clients)
            {
                client.OnTick(Environment.TickCount64);
            }

            Tell();
        }
    }

    private void Tell()
    {
        Interlocked.Exchange(ref _messages, _clients.Sum(static client => client.Messages));
        Interlocked.Exchange(ref _takenTicks, ProcessorClock.OfThread.Ticks);

        if (!_connected.Task.IsCompleted && _clients.TrueForAll(static client => client.Messages > 0))
        {
            _connected.TrySetResult();
        }
    }
}
