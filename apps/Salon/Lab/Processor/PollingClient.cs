using System.Net.Sockets;

namespace Salon.App.Lab.Processor;

/// <summary>Short and long polling.</summary>
internal sealed class PollingClient(Socket socket, string host, string run, int wait) : RequestingClient(socket, host, run)
{
    // As often as the page asks when nobody set anything else.
    private const int PauseMilliseconds = 500;

    private const string CursorName = "\"cursor\":\"";

    private string _cursor = "";
    private long? _askAt;

    public override void Begin() => Ask();

    public override void OnTick(long milliseconds)
    {
        if (_askAt <= milliseconds)
        {
            _askAt = null;
            Ask();
        }
    }

    protected override void OnResponse(string body)
    {
        if (body.IndexOf(CursorName, StringComparison.Ordinal) is >= 0 and var start)
        {
            var value = body[(start + CursorName.Length)..];
            _cursor = value[..value.IndexOf('"')];
        }

        if (wait > 0)
        {
            Ask();
        }
        else
        {
            _askAt = Environment.TickCount64 + PauseMilliseconds;
        }
    }

    private void Ask() => Get($"/lab/runs/{Run}/poll?since={_cursor}&wait={wait}");
}
