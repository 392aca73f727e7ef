using System.Diagnostics.CodeAnalysis;
using Salon.App.Chat;

namespace Salon.App.NativeChat;

/// <summary>What was said last, for those who come, and to know again what is sent twice. Guarded by the lock of <see cref="NativeRoom"/>.</summary>
internal sealed class RecentMessages
{
    private readonly Queue<MessageFrame> _inOrder = new();
    private readonly Dictionary<(string Key, string Id), MessageFrame> _known = [];

    /// <summary>The newest, oldest first. What another node told late is where it belongs.</summary>
    public IReadOnlyList<MessageFrame> History => [.. _inOrder.TakeLast(NativeChatLimits.History).OrderBy(static message => message.Time)];

    public bool TryFind(string key, string id, [NotNullWhen(true)] out MessageFrame? message) => _known.TryGetValue((key, id), out message);

    /// <returns><see langword="false"/> when it is known already.</returns>
    public bool TryAdd(MessageFrame message)
    {
        if (!_known.TryAdd(IdentityOf(message), message))
        {
            return false;
        }

        _inOrder.Enqueue(message);

        if (_inOrder.Count > NativeChatLimits.KnownMessages)
        {
            _known.Remove(IdentityOf(_inOrder.Dequeue()));
        }

        return true;
    }

    private static (string Key, string Id) IdentityOf(MessageFrame message) => (ChatName.ToKey(message.Name), message.Id);
}
