using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>How this server takes part in the bus of Flask-SocketIO and python-socketio.</summary>
public sealed class FlaskBusOptions
{
    /// <summary>Whether what this server emits is published for the others on the bus. The default is <see langword="true"/>.</summary>
    public bool Publish { get; set; } = true;

    /// <summary>
    /// Whether pickled messages are read, which python-socketio before 5.14 publishes. They are never evaluated: of a pickle, only texts, numbers,
    /// bytes, lists and maps are read, and one that holds anything else is dropped. The default is <see langword="false"/>: all are dropped.
    /// </summary>
    public bool ReadPickle { get; set; }

    /// <summary>
    /// Whether processes with python-socketio before 5.14 shall understand what this server emits: a single argument is published as it is, which all
    /// versions read. Several arguments, and a list, still reach the old ones as one list; binary data does not reach them whole. The default is
    /// <see langword="false"/>: always a list of arguments, as since 5.14.
    /// </summary>
    public bool WriteForOldPython { get; set; }

    /// <summary>How many bytes a message may have; a larger one is dropped. The default is 4 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a client may take to answer an event that was emitted with a callback elsewhere. The default is one minute.</summary>
    public TimeSpan CallbackTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Where an adapter makes several servers one, the name of this cluster: servers with the same name leave to the adapter what they emit to each
    /// other, and do not take it from the bus a second time. The default is <c>salon</c>.
    /// </summary>
    public string Cluster { get; set; } = "salon";

    /// <summary>
    /// How to reach Redis, when more than its address is to be said. What is published while Redis is away waits as long as
    /// <see cref="RedisOptions.CommandTimeout"/>, within <see cref="RedisOptions.MaxQueuedBytes"/>.
    /// </summary>
    public RedisOptions Redis { get; set; } = new();

    /// <summary>A copy for the one that is made with it: whoever changes the options afterwards changes nothing.</summary>
    internal FlaskBusOptions Freeze() => (FlaskBusOptions)MemberwiseClone();
}
