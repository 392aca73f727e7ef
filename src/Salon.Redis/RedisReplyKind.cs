namespace Salon.Redis;

/// <summary>What a <see cref="RedisReply"/> is.</summary>
public enum RedisReplyKind
{
    /// <summary>Nothing: a key or field that does not exist, or a wait that ended without anything.</summary>
    Null,

    /// <summary>A short text of the server itself, such as <c>OK</c>.</summary>
    Status,

    /// <summary>Bytes, as they were stored.</summary>
    Bytes,

    /// <summary>A whole number of 64 bits.</summary>
    Number,

    /// <summary>A floating-point number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of any size, as its digits.</summary>
    BigNumber,

    /// <summary>Replies in order.</summary>
    Array,

    /// <summary>Replies without order, each once.</summary>
    Set,

    /// <summary>Pairs of keys and values.</summary>
    Map,

    /// <summary>Something that nobody asked for at this moment, such as a message of a channel.</summary>
    Push,

    /// <summary>
    /// An error. A command that is answered by one throws <see cref="RedisServerException"/>; it is seen as a reply only inside of others,
    /// as in those of a transaction.
    /// </summary>
    Error,
}
