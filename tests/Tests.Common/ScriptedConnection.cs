using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Salon.Tests;

/// <summary>One connection to a <see cref="ScriptedRedis"/>: takes commands apart, and knows what was subscribed to.</summary>
internal sealed class ScriptedConnection
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _channels = [];
    private readonly ScriptedRedis _owner;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    public ScriptedConnection(ScriptedRedis owner, Socket socket)
    {
        (_owner, _stream) = (owner, new NetworkStream(socket, ownsSocket: true));
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    public async Task RunAsync()
    {
        try
        {
            while (await ReadAsync(_reader) is { } words)
            {
                var call = new ScriptedCall(this, words);

                if (_owner.Answer(call) is { } answer)
                {
                    call.Reply(answer);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has gone, or the test has cut it off.
        }
        finally
        {
            Close();
        }
    }

    public void Write(string reply)
    {
        try
        {
            lock (_gate)
            {
                _stream.Write(Encoding.Latin1.GetBytes(reply));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // As above.
        }
    }

    public void Close() => _stream.Dispose();

    public bool HasSubscribed(string channel)
    {
        lock (_gate)
        {
            return _channels.Contains(channel);
        }
    }

    public int Publish(string channel, string payload)
    {
        lock (_gate)
        {
            foreach (var (kind, word) in new[] { ("", "message"), ("S", "smessage") })
            {
                if (_channels.Contains(kind + channel))
                {
                    Write($">3\r\n{ScriptedRedis.Bulk(word)}{ScriptedRedis.Bulk(channel)}{ScriptedRedis.Bulk(payload)}");
                    return 1;
                }
            }

            return 0;
        }
    }

    /// <summary>
    /// Answers a command. What is subscribed to by it is so from this moment on: nothing is said on a channel before its confirmation. Sharded
    /// ones have an S before their names here.
    /// </summary>
    public void Reply(string[] words, string reply)
    {
        lock (_gate)
        {
            Write(reply);

            if (!reply.StartsWith('>'))
            {
                return;
            }

            var verb = words[0].ToLowerInvariant();
            var kind = verb is "ssubscribe" or "sunsubscribe" ? "S" : "";

            foreach (var channel in words[1..])
            {
                _ = verb.Contains("unsub", StringComparison.Ordinal) ? _channels.Remove(kind + channel) : _channels.Add(kind + channel);
            }
        }
    }

    private static async Task<string[]?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync() is not ['*', .. var count])
        {
            return null;
        }

        var words = new string[int.Parse(count, CultureInfo.InvariantCulture)];

        for (var i = 0; i < words.Length; i++)
        {
            var length = int.Parse((await reader.ReadLineAsync() ?? throw new EndOfStreamException())[1..], CultureInfo.InvariantCulture);
            var word = new char[length + 2];

            if (await reader.ReadBlockAsync(word) < word.Length)
            {
                throw new EndOfStreamException();
            }

            words[i] = new string(word, 0, length);
        }

        return words;
    }
}
