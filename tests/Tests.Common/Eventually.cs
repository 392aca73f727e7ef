using System.Runtime.CompilerServices;

namespace Salon.Tests;

/// <summary>Waits for what happens on another thread or in another process, and says what did not.</summary>
public static class Eventually
{
    /// <summary>How long a test waits for anything at all: a busy machine with two processors stands still for seconds now and then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until the condition holds.</summary>
    /// <param name="what">What is waited for, for the message of a failing test.</param>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="patience">How long; as for everything by default.</param>
    public static Task Async(string what, Func<bool> condition, TimeSpan? patience = null) => Async(what, () => Task.FromResult(condition()), patience);

    /// <inheritdoc cref="Async(string, Func{bool}, TimeSpan?)"/>
    public static async Task Async(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        var deadline = DateTime.UtcNow + limit;

        while (!await condition())
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException($"After {limit.TotalSeconds} seconds, still not: {what}.");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>The task's result, if it comes soon.</summary>
    public static async Task<T> Soon<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
            throw new TimeoutException($"After {Patience.TotalSeconds} seconds, still waiting for: {what}.");
        }
    }

    /// <inheritdoc cref="Soon{T}(Task{T}, string)"/>
    public static async Task Soon(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
            throw new TimeoutException($"After {Patience.TotalSeconds} seconds, still waiting for: {what}.");
        }
    }
}
