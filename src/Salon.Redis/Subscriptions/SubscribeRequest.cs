using Salon.Redis.Connections;
using Salon.Redis.Protocol;
using Salon.Redis.Requests;

namespace Salon.Redis.Subscriptions;

/// <summary>
/// Starts or ends the subscription to one channel. The server confirms it by a push, and refuses it by an answer: in the order of the
/// requests, either way.
/// </summary>
internal sealed class SubscribeRequest : Request
{
    private readonly Action<SubscribedChannel, string>? _onRefused;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="channel">Which.</param>
    /// <param name="verb">The word for it in capitals.</param>
    /// <param name="onRefused">Called with what the server says against it.</param>
    public SubscribeRequest(SubscribedChannel channel, string verb, Action<SubscribedChannel, string>? onRefused)
        : base(CommandFrame.Write(verb, [channel.NameBytes], -1, out _), replies: 1)
    {
        Channel = channel;
        Verb = verb;
        _onRefused = onRefused;
    }

    public SubscribedChannel Channel { get; }

    public string Verb { get; }

    /// <summary>Completes when the server has answered, or nothing can come any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether this is what the server confirms.</summary>
    public bool IsMeantBy(string verb, ReadOnlySpan<byte> name) =>
        string.Equals(Verb, verb, StringComparison.OrdinalIgnoreCase) && name.SequenceEqual(Channel.NameBytes);

    public void OnConfirmed() => _ended.TrySetResult();

    public override void OnReply(RedisReply reply)
    {
        _ended.TrySetResult();

        if (reply.Kind == RedisReplyKind.Error)
        {
            _onRefused?.Invoke(Channel, reply.Text!);
        }
    }

    public override void OnLost(ConnectionEnd end) => _ended.TrySetResult();

    public override void OnDue(bool wasSent, string? obstacle)
    {
        // Has no deadline: it ends with the connection.
    }

    public override void OnDropped() => _ended.TrySetResult();
}
