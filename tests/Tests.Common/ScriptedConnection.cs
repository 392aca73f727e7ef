using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Salon.Tests;

/// <summary>One connection to a <see cref="ScriptedRedis"/>: takes commands apart, and knows what was subscribed to.</summary>
internal sealed class ScriptedConnection(ScriptedRedis owner, Socket socket)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _channels = [];
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public async Task RunAsync()
    {
        using var reader = new StreamReader(_stream, Encoding.Latin1);

        try
        {
            while (await ReadAsync(reader) is { } words)
            {
                var call = new ScriptedCall(this, words);

                if (owner.Answer(call) is { } answer)
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
    /// Confirms that channels were subscribed to, or are not any more. Sharded ones have an S before their names here. It is said before anything can
    /// be published to them.
    /// </summary>
    /// <returns>What is still to be said: nothing.</returns>
    public string Subscribe(string[] words)
    {
        var verb = words[0].ToLower(CultureInfo.InvariantCulture);
        var kind = verb is "ssubscribe" or "sunsubscribe" ? "S" : "";
        var pushes = "";

        lock (_gate)
        {
            foreach (var channel in words[1..])
            {
                _ = verb.Contains("unsub", StringComparison.Ordinal) ? _channels.Remove(kind + channel) : _channels.Add(kind + channel);
                pushes += $">3\r\n{ScriptedRedis.Bulk(verb)}{ScriptedRedis.Bulk(channel)}{ScriptedRedis.Number(_channels.Count)}";
            }

            Write(pushes);
        }

        return "";
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
