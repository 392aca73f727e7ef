using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Salon.Tests;

/// <summary>
/// A Redis that a test plays, in this process and on a port of its own: it says what the test wants it to say, and can be silent, refuse, forget
/// and go away at a moment that a real one would not hit. It knows the first words of a connection, channels and <c>PING</c>; all else
/// is the test's. Text is Latin-1, so that bytes stay what they are.
/// </summary>
public sealed class ScriptedRedis : IAsyncDisposable
{
    /// <summary>What means that nothing is there.</summary>
    public const string Null = "_\r\n";

    /// <summary>What means that it was done.</summary>
    public const string Ok = "+OK\r\n";

    private readonly Lock _gate = new();
    private readonly List<ScriptedConnection> _connections = [];
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Func<ScriptedCall, string?> _answer;
    private readonly List<Task> _serving = [];
    private TcpListener? _listener;

    /// <param name="answer">
    /// What is answered, in RESP3; <see langword="null"/> means that the test does that later, by <see cref="ScriptedCall.Reply"/>. What is not a
    /// case of its own is for <see cref="ScriptedCall.Default"/>.
    /// </param>
    public ScriptedRedis(Func<ScriptedCall, string?>? answer = null)
    {
        _answer = answer ?? (static call => call.Default);
        Listen(0);
    }

    public int Port { get; private set; }

    public string Url => $"redis://127.0.0.1:{Port}";

    /// <summary>What was asked, without the first words of connections and <c>PING</c>, in the order in which it came.</summary>
    public IEnumerable<string> Commands => _commands;

    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    public static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    public static string Number(long number) => $":{number}\r\n";

    public static string Error(string text) => $"-{text}\r\n";

    /// <param name="items">Whole replies.</param>
    public static string Array(params IEnumerable<string> items)
    {
        var all = items.ToList();
        return $"*{all.Count}\r\n{string.Concat(all)}";
    }

    /// <summary>How often the name of a command was asked for.</summary>
    public int Count(string name) => _commands.Count(command => command == name || command.StartsWith(name + " ", StringComparison.Ordinal));

    /// <summary>Says something to all who have subscribed to a channel.</summary>
    /// <returns>To how many.</returns>
    public int Publish(string channel, string payload)
    {
        var told = 0;

        lock (_gate)
        {
            foreach (var connection in _connections)
            {
                told += connection.Publish(channel, payload);
            }
        }

        return told;
    }

    /// <summary>How many connections have subscribed to a channel.</summary>
    public int CountSubscribers(string channel)
    {
        lock (_gate)
        {
            return _connections.Count(connection => connection.HasSubscribed(channel));
        }
    }

    /// <summary>Says something that nobody asked for.</summary>
    public void Push(string reply)
    {
        lock (_gate)
        {
            _connections.ForEach(connection => connection.Write(reply));
        }
    }

    /// <summary>Cuts all connections; the next ones are taken.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _connections.ForEach(static connection => connection.Close());
        }
    }

    /// <summary>Goes away: connections are cut, and none is taken.</summary>
    public void Stop()
    {
        _listener?.Dispose();
        _listener = null;
        Cut();
    }

    /// <summary>Comes back on the same port.</summary>
    public void Start() => Listen(Port);

    public async ValueTask DisposeAsync()
    {
        Stop();
        Task[] serving;

        lock (_gate)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving).Soon();
    }

    internal string? Answer(ScriptedCall call)
    {
        if (call.Name is not ("HELLO" or "PING" or "SELECT" or "ROLE"))
        {
            _commands.Enqueue(string.Join(' ', call.Words));
        }

        return _answer(call);
    }

    private void Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        Keep(AcceptAsync(listener));
    }

    private void Keep(Task task)
    {
        lock (_gate)
        {
            _serving.Add(task);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                Serve(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It went away.
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            var connection = new ScriptedConnection(this, socket);

            lock (_gate)
            {
                _connections.Add(connection);
            }

            Keep(ServeAsync(connection));
        }
        catch (IOException)
        {
            // The client is gone already.
            socket.Dispose();
        }
    }

    private async Task ServeAsync(ScriptedConnection connection)
    {
        // Not on the thread that accepts: a test may make an answer wait.
        await Task.Yield();
        await connection.RunAsync();

        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}
