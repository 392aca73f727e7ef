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
    // A member that is missing makes it something else, which nobody reads.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

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
        return message is not null and not StateMessage { IsWhole: false };
    }
}

/// <summary>A node has come, or could not hear for a while: whoever hears it tells their state, with the history.</summary>
internal sealed record AskMessage(string Node) : BusMessage(Node);

/// <summary>Who is on a node: now and then, and with the history for one that asked.</summary>
internal sealed record StateMessage(string Node, IReadOnlyList<BusPerson> People, IReadOnlyList<MessageFrame> History) : BusMessage(Node)
{
    [JsonIgnore]
    public bool IsWhole => People.All(static person => person is not null) && History.All(static message => message is not null);
}

internal sealed record CameMessage(string Node, BusPerson Person) : BusMessage(Node);

internal sealed record WentMessage(string Node, string Name) : BusMessage(Node);

internal sealed record SaidMessage(string Node, MessageFrame Message) : BusMessage(Node);

/// <summary>A node has stopped.</summary>
internal sealed record GoneMessage(string Node) : BusMessage(Node);

/// <inheritdoc cref="NativePerson"/>
internal sealed record BusPerson(string Name, string Session, long Generation)
{
    public static BusPerson Of(NativePerson person) => new(person.Name, person.Session, person.Generation);
}
