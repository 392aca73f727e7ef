using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.App.NativeChat.Cluster;

/// <summary>What the nodes tell each other on one channel of Redis.</summary>
/// <param name="Node">Who tells it.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AskMessage), "ask")]
[JsonDerivedType(typeof(StateMessage), "state")]
[JsonDerivedType(typeof(CameMessage), "came")]
[JsonDerivedType(typeof(WentMessage), "went")]
[JsonDerivedType(typeof(SaidMessage), "said")]
[JsonDerivedType(typeof(GoneMessage), "gone")]
internal abstract record BusMessage(string Node)
{
    private const int MaxNodeLength = 64;

    // A member that is missing makes it something else, which nobody reads.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Whether it is within what nodes say, as far as the serializer does not see to it.</summary>
    [JsonIgnore]
    public virtual bool IsWhole => true;

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out BusMessage? message)
    {
        try
        {
            message = JsonSerializer.Deserialize<BusMessage>(utf8, Options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            message = null;
        }

        // What is in a list, the serializer does not check.
        return message is { Node.Length: > 0 and <= MaxNodeLength, IsWhole: true };
    }
}

/// <summary>A node has come, or could not hear for a while: whoever hears it tells their state, with the history.</summary>
internal sealed record AskMessage(string Node) : BusMessage(Node);

/// <summary>Who is on a node: now and then, and with the history for one that asked.</summary>
internal sealed record StateMessage(string Node, IReadOnlyList<BusPerson> People, IReadOnlyList<MessageFrame> History) : BusMessage(Node)
{
    private const int MaxPeople = 10_000;

    [JsonIgnore]
    public override bool IsWhole => People.Count <= MaxPeople
        && People.All(static person => person is { IsWhole: true })
        && History.Count <= NativeChatLimits.KnownMessages
        && History.All(static message => message is not null && SaidMessage.IsSaid(message));
}

internal sealed record CameMessage(string Node, BusPerson Person) : BusMessage(Node)
{
    [JsonIgnore]
    public override bool IsWhole => Person.IsWhole;
}

internal sealed record WentMessage(string Node, string Name) : BusMessage(Node);

internal sealed record SaidMessage(string Node, MessageFrame Message) : BusMessage(Node)
{
    // Far more than any version of Salon lets one say.
    private const int MaxTextLength = 100_000;
    private const int MaxIdLength = 1_000;

    [JsonIgnore]
    public override bool IsWhole => IsSaid(Message);

    public static bool IsSaid(MessageFrame message) =>
        message is { Id.Length: <= MaxIdLength, Name.Length: > 0 and <= BusPerson.MaxNameLength, Text.Length: <= MaxTextLength };
}

/// <summary>A node has stopped.</summary>
internal sealed record GoneMessage(string Node) : BusMessage(Node);

/// <inheritdoc cref="NativePerson"/>
internal sealed record BusPerson(string Name, string Session, long Generation)
{
    public const int MaxNameLength = 1_000;

    // Each is one more than the one before: nobody gets there by counting, and from there, nobody could count on.
    private const long MaxGeneration = 1L << 53;

    [JsonIgnore]
    public bool IsWhole => Name.Length is > 0 and <= MaxNameLength && Session.Length <= MaxNameLength && Generation is >= 0 and <= MaxGeneration;

    public static BusPerson Of(NativePerson person) => new(person.Name, person.Session, person.Generation);
}
