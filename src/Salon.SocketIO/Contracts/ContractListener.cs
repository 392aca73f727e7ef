using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Salon.SocketIO.Events;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Contracts;

/// <summary>Calls a method of a contract for the events of all sockets of its namespace.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal sealed class ContractListener(EventTable table, ContractEvent handled, ContractFactory factory, ContractPolicy? policy)
    : EventListener(table, handled.Name, isOnce: false)
{
    private readonly ContractParameter[] _parameters = [.. handled.Method.GetParameters().Select(static parameter => new ContractParameter(parameter))];
    private readonly Func<SocketNamespace, object?[], Ack, Task> _call = ContractMethod.Compile(handled.Method);

    public override MethodInfo Method => handled.Method;

    public override Delegate Handler => _call;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        if (policy is not null)
        {
            error = null;
            return AuthorizeAsync(policy, socket, packet.Detach(), ack);
        }

        return BindAsync(socket, packet, ack, out error);
    }

    private async Task AuthorizeAsync(ContractPolicy asked, Socket socket, Packet packet, Ack ack)
    {
        if (await asked.AskAsync(socket) is { } refusal)
        {
            throw new SocketIOException(refusal, $"You may not emit \"{EventName}\".");
        }

        var handling = BindAsync(socket, packet, ack, out var error);

        if (error is not null)
        {
            throw new SocketIOException("invalid_argument", error);
        }

        await handling;
    }

    private Task BindAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);
        var arguments = new object?[_parameters.Length];

        for (var i = 0; i < arguments.Length; i++)
        {
            if (!_parameters[i].TryBind(ref binder, out arguments[i], out error))
            {
                return Task.CompletedTask;
            }
        }

        error = null;
        return binder.TryBegin() ? CallAsync(socket, arguments, ack) : Task.CompletedTask;
    }

    private async Task CallAsync(Socket socket, object?[] arguments, Ack ack)
    {
        await using var made = await factory.CreateAsync(socket);

        for (var i = 0; i < arguments.Length; i++)
        {
            if (_parameters[i].IsService)
            {
                arguments[i] = _parameters[i].Resolve(made.Services);
            }
        }

        await _call(made.Instance, arguments, handled.TakesAck ? Ack.None : ack);
    }
}
