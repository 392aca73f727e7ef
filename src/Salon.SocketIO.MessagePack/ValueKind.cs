namespace Salon.SocketIO.MessagePack;

/// <summary>What stands at the reader's position.</summary>
internal enum ValueKind
{
    /// <summary>Nothing that can be read: the data is cut off, or no MessagePack.</summary>
    Invalid,

    Nil,
    Boolean,
    Signed,
    Unsigned,
    Float,
    String,
    Binary,
    Extension,
    Array,
    Map,
}
