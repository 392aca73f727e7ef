using System.Diagnostics.CodeAnalysis;

namespace Salon.App.Lab;

/// <summary>A way in which messages reach a page.</summary>
internal enum LabTechnique
{
    ShortPolling,
    LongPolling,
    EventStream,
    WebSocket,
    SocketIOPolling,
    SocketIOWebSocket,
}

/// <summary>The answers to every question that is asked of a <see cref="LabTechnique"/>.</summary>
internal static class LabTechniques
{
    public static readonly IReadOnlyList<LabTechnique> All = Enum.GetValues<LabTechnique>();

    /// <summary>Its name in JSON.</summary>
    public static string ToName(this LabTechnique technique) => technique switch
    {
        LabTechnique.ShortPolling => "polling",
        LabTechnique.LongPolling => "long-polling",
        LabTechnique.EventStream => "sse",
        LabTechnique.WebSocket => "websocket",
        LabTechnique.SocketIOPolling => "socketio-polling",
        LabTechnique.SocketIOWebSocket => "socketio-websocket",
        _ => throw new ArgumentOutOfRangeException(nameof(technique), technique, null),
    };

    /// <summary>Whether a client says where it was when it comes back, and gets what it missed.</summary>
    public static bool Resumes(this LabTechnique technique) => technique is LabTechnique.ShortPolling or LabTechnique.LongPolling or LabTechnique.EventStream;

    public static bool TryParse(string? name, [NotNullWhen(true)] out LabTechnique? technique)
    {
        technique = null;

        foreach (var known in All)
        {
            if (known.ToName() == name)
            {
                technique = known;
            }
        }

        return technique is not null;
    }
}
