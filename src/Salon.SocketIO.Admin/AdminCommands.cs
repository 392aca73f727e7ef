namespace Salon.SocketIO.Admin;

/// <summary>What administrators may do: to a whole namespace, or to those that a filter names, a room or a socket's id.</summary>
internal sealed class AdminCommands(SocketIOServer io)
{
    public void Serve(Socket socket)
    {
        socket.On("join", (string name, string room, string? filter) => Select(name, filter).SocketsJoinAsync(room));
        socket.On("leave", (string name, string room, string? filter) => Select(name, filter).SocketsLeaveAsync(room));
        socket.On("_disconnect", (string name, bool? close, string? filter) => Select(name, filter).DisconnectSocketsAsync(close == true));
        socket.On("emit", (string name, string? filter, string eventName, EventArguments arguments) => EmitAsync(Select(name, filter), eventName, arguments));
    }

    private static Task EmitAsync(Broadcaster target, string eventName, EventArguments arguments)
    {
        try
        {
            return target.EmitAsync(eventName, arguments);
        }
        catch (ArgumentException)
        {
            throw new SocketIOException("invalid_argument", $"\"{eventName}\" cannot be emitted.");
        }
    }

    /// <summary>Finds what exists: asking for a namespace by name would make it.</summary>
    private Broadcaster Select(string name, string? filter)
    {
        var space = io.Namespaces.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new SocketIOException("unknown_namespace", $"There is no namespace {name}.");

        return string.IsNullOrEmpty(filter) ? space : space.In(filter);
    }
}
