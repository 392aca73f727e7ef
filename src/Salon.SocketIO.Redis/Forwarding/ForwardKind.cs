namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>What servers say to each other about a request that arrived at one and belongs to another.</summary>
/// <remarks>The values are part of the wire format; never renumber.</remarks>
internal enum ForwardKind : byte
{
    /// <summary>To the owner of the session: answer this.</summary>
    Request = 1,

    /// <summary>To the owner: the client still waits. Are you there?</summary>
    Ask = 2,

    /// <summary>To the owner: let the poll go without messages, I am about to end.</summary>
    Release = 3,

    /// <summary>To the owner: the client went away before it had the answer.</summary>
    Gone = 4,

    /// <summary>To the owner: the client has the answer.</summary>
    Written = 5,

    /// <summary>From the owner: I have the request, and the answer will come.</summary>
    Taken = 6,

    /// <summary>From the owner: the answer.</summary>
    Answer = 7,

    /// <summary>From the owner: there is no such session.</summary>
    Unknown = 8,

    /// <summary>To the owner: I have the answer, and the client is reading it.</summary>
    Received = 9,

    /// <summary>From the owner: has the client read it?</summary>
    AskWritten = 10,
}
