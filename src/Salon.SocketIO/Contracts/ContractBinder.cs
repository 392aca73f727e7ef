using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Contracts;

/// <summary>Puts a contract into a namespace, or into the parent of many.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class ContractBinder
{
    public static void Bind(SocketContract contract, NamespaceHandlers handlers, IServiceProvider services)
    {
        var factory = new ContractFactory(contract.Type, services);
        factory.Check();

        if (ContractPolicy.For(contract.Type, services) is { } policy)
        {
            policy.Check();
            handlers.Use(socket => AskAsync(policy, socket));
        }

        foreach (var handled in contract.Handled)
        {
            var eventPolicy = ContractPolicy.For(handled.Method, services);
            eventPolicy?.Check();
            handlers.Events.Add(new ContractListener(handlers.Events, handled, factory, eventPolicy));
        }

        var disconnects = Overrides(contract.Type, nameof(SocketNamespace.OnDisconnectedAsync));

        if (disconnects || Overrides(contract.Type, nameof(SocketNamespace.OnConnectedAsync)))
        {
            handlers.OnConnection(socket => ConnectAsync(factory, socket, disconnects));
        }
    }

    private static async Task<ConnectError?> AskAsync(ContractPolicy policy, Socket socket) =>
        await policy.AskAsync(socket) is { } refusal ? new ConnectError(refusal, new { code = refusal }) : null;

    private static async Task ConnectAsync(ContractFactory factory, Socket socket, bool disconnects)
    {
        if (disconnects)
        {
            socket.OnDisconnect(async reason =>
            {
                await using var leaving = await factory.CreateAsync(socket);
                await leaving.Instance.OnDisconnectedAsync(reason);
            });
        }

        await using var made = await factory.CreateAsync(socket);
        await made.Instance.OnConnectedAsync();
    }

    private static bool Overrides(Type type, string method) =>
        type.GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.DeclaringType != typeof(SocketNamespace);
}
