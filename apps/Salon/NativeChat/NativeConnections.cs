namespace Salon.App.NativeChat;

/// <summary>All connections of this node, so that there are not too many, and that they are told when it stops. The lock protects all fields.</summary>
internal sealed class NativeConnections(NativeChatMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly HashSet<NativeConnection> _open = [];
    private int _places = NativeChatLimits.Connections;
    private bool _isStopping;

    /// <summary>Takes a place before the handshake, or says that there is none.</summary>
    public bool TryTakePlace()
    {
        lock (_gate)
        {
            if (_places == 0 || _isStopping)
            {
                return false;
            }

            _places--;
            return true;
        }
    }

    public void LeavePlace()
    {
        lock (_gate)
        {
            _places++;
        }
    }

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
