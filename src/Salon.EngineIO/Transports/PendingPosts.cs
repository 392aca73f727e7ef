using System.Diagnostics.CodeAnalysis;

namespace Salon.EngineIO.Transports;

/// <summary>
/// The POSTs of a session that have come and whose packets are not all handled yet, in that order. One that comes while another is being read is
/// refused. One that comes later waits: its client may have had its answer already, by the GET that waited. Safe to use from any thread.
/// </summary>
internal sealed class PendingPosts
{
    private const int MaxWaiting = 16;

    private readonly Lock _lock = new();
    private readonly List<Post> _posts = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _posts.Count;
            }
        }
    }

    /// <summary>Ends when all that have come are handled.</summary>
    public Task AllHandled
    {
        get
        {
            lock (_lock)
            {
                return _posts.Count == 0 ? Task.CompletedTask : _posts[^1].WaitAsync();
            }
        }
    }

    /// <summary>Takes its place behind the others, unless the last one is being read, or too many wait.</summary>
    public bool TryEnter([NotNullWhen(true)] out Post? post)
    {
        lock (_lock)
        {
            if (_posts.Count > MaxWaiting || (_posts.Count == 1 && !_posts[0].IsRead))
            {
                post = null;
                return false;
            }

            post = new Post(AllHandled);
            _posts.Add(post);
            return true;
        }
    }

    /// <summary>Lets the next one have its turn.</summary>
    public void Leave(Post post)
    {
        lock (_lock)
        {
            // From here on nobody finds it, to begin to wait for it.
            _posts.Remove(post);
        }

        post.End();
    }

    /// <summary>One of them. The lock of all protects whether somebody waits for it.</summary>
    /// <param name="turn">Ends when it may be read.</param>
    internal sealed class Post(Task turn)
    {
        // Nearly always nobody waits.
        private TaskCompletionSource? _handled;
        private volatile bool _isRead;

        public Task Turn => turn;

        /// <summary>Whether all of its body is there.</summary>
        public bool IsRead
        {
            get => _isRead;
            set => _isRead = value;
        }

        /// <summary>Waits until it is handled. Called under the lock, as long as it is among the others.</summary>
        public Task WaitAsync() => (_handled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        /// <summary>It is handled. Called when it is no longer among the others.</summary>
        public void End() => _handled?.SetResult();
    }
}
