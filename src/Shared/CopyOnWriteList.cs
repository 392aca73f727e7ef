namespace Salon.Collections;

/// <summary>A list that is read far more often than changed: reading is an array, changing makes a new one. Thread-safe.</summary>
internal sealed class CopyOnWriteList<T>
{
    private T[] _items = [];

    /// <summary>The items at this moment; never changed.</summary>
    public T[] Items => Volatile.Read(ref _items);

    public void Add(T item) => Change(items => [.. items, item]);

    public void AddFirst(T item) => Change(items => [item, .. items]);

    public void RemoveAll(Predicate<T> match) => Change(items => Array.FindAll(items, item => !match(item)));

    private void Change(Func<T[], T[]> change)
    {
        T[] before;

        do
        {
            before = Items;
        }
        while (Interlocked.CompareExchange(ref _items, change(before), before) != before);
    }
}
