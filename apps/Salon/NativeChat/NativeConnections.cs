using Salon.App.Hosting.Budgets;
using Salon.Http;

namespace Salon.App.NativeChat;

/// <summary>
/// All connections of this node, so that there are not too many, of one address neither, and that they are told when it stops. The lock
/// protects all fields.
/// </summary>
internal sealed class NativeConnections(NativeChatMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan StoppingRetry = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly HashSet<NativeConnection> _open = [];
    private readonly AddressDoor _door = new(
        NativeChatLimits.ConnectionsPerAddress, NativeChatLimits.Connections, NativeChatLimits.AddressOpenings, time);
    private bool _isStopping;

    /// <summary>Takes a place before the handshake, or says why there is none.</summary>
    public DoorVerdict TryTakePlace(ClientAddress address, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                retryAfter = StoppingRetry;
                return DoorVerdict.Full;
            }
        }

        return _door.TryEnter(address, out retryAfter);
    }

    public void LeavePlace(ClientAddress address) => _door.Leave(address);

    public async Task RunAsync(NativeConnection connection)
    {
        Add(connection);
        metrics.OnOpened();

        try
        {
            await connection.RunAsync();
        }
        finally
        {
            Remove(connection);
            metrics.OnClosed(connection.Farewell);
        }
    }

    /// <summary>Sends everybody away, also those who are just coming.</summary>
    public void Stop()
    {
        NativeConnection[] open;

        lock (_gate)
        {
            _isStopping = true;
            open = [.. _open];
        }

        foreach (var connection in open)
        {
            connection.Close(Farewell.Stopping);
        }
    }

    private void Add(NativeConnection connection)
    {
        bool isLate;

        lock (_gate)
        {
            _open.Add(connection);
            isLate = _isStopping;
        }

        if (isLate)
        {
            connection.Close(Farewell.Stopping);
        }
    }

    private void Remove(NativeConnection connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
        }
    }
}
