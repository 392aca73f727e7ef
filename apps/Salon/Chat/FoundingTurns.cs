using System.Collections.Concurrent;

namespace Salon.App.Chat;

/// <summary>
/// Lets those who want to found rooms whose names look alike do so one after the other, in this process. A look is kept as long as somebody has
/// its turn. Thread-safe.
/// </summary>
internal sealed class FoundingTurns
{
    private readonly ConcurrentDictionary<string, Task> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes the turn; or waits until whoever has it is done, who may have founded what is wanted.</summary>
    /// <returns>The turn, until it is disposed; <see langword="null"/> after a wait.</returns>
    public async ValueTask<IDisposable?> TakeOrWaitAsync(string look)
    {
        var mine = new Turn(this, look);

        if (_taken.GetOrAdd(look, mine.Over) is var other && other == mine.Over)
        {
            return mine;
        }

        await other;
        return null;
    }

    private sealed class Turn(FoundingTurns owner, string look) : IDisposable
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Over => _over.Task;

        public void Dispose()
        {
            owner._taken.TryRemove(new KeyValuePair<string, Task>(look, Over));
            _over.TrySetResult();
        }
    }
}
