using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Salon.App.Lab.Processor;

/// <summary>Asks, waits for the answer, and asks again, over one connection.</summary>
internal abstract class RequestingClient(Socket socket, string host, string run) : VirtualClient(socket, host, run)
{
    private readonly List<byte> _response = [];

    public sealed override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        Count(bytes);
        _response.AddRange(bytes);
        var text = Encoding.UTF8.GetString(_response.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        if (end < 0 || !IsComplete(text.AsSpan(0, end), text.AsSpan(end + 4)))
        {
            return;
        }

        _response.Clear();
        OnResponse(text[(end + 4)..]);
    }

    /// <summary>An answer has come.</summary>
    protected abstract void OnResponse(string body);

    private static bool IsComplete(ReadOnlySpan<char> head, ReadOnlySpan<char> body)
    {
        const string LengthHeader = "Content-Length: ";

        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        }

        if (head.IndexOf(LengthHeader, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var start))
        {
            return true;
        }

        var value = head[(start + LengthHeader.Length)..];
        var end = value.IndexOf('\r');

        // All that is sent here is ASCII: a character is a byte.
        return body.Length >= int.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
    }
}
