using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Contracts;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>What further parts of the server, such as adapters, are added to.</summary>
public sealed class SocketIOBuilder
{
    internal SocketIOBuilder(IServiceCollection services) => Services = services;

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Handles the events of a namespace by the methods of a class.</summary>
    /// <typeparam name="TContract">The class. It is read when the server is made, and an error in it stops the start.</typeparam>
    /// <param name="name">The namespace; a missing <c>/</c> in front is added.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">Something in the class cannot be bound; the message names each.</exception>
    [RequiresDynamicCode(ContractRequirements.Reason)]
    [RequiresUnreferencedCode(ContractRequirements.Reason)]
    public SocketIOBuilder AddNamespace<TContract>(string name = "/")
        where TContract : SocketNamespace
    {
        ArgumentNullException.ThrowIfNull(name);

        return Add<TContract>(server => server.Of(name).Handlers);
    }

    /// <summary>Handles the events of all namespaces whose names match a pattern by the methods of a class.</summary>
    /// <inheritdoc cref="AddNamespace{TContract}(string)"/>
    /// <param name="pattern">As in <see cref="SocketIOServer.Of(Regex)"/>.</param>
    [RequiresDynamicCode(ContractRequirements.Reason)]
    [RequiresUnreferencedCode(ContractRequirements.Reason)]
    public SocketIOBuilder AddNamespace<TContract>(Regex pattern)
        where TContract : SocketNamespace
    {
        ArgumentNullException.ThrowIfNull(pattern);

        return Add<TContract>(server => server.Of(pattern).Handlers);
    }

    /// <summary>
    /// Sets the form in which packets travel. Without one it is the standard form, which all clients speak. Clients that use another parser cannot
    /// talk to a server that does not use the same, and the other way round.
    /// </summary>
    /// <param name="parser">The parser, for example <c>MessagePackParser.Instance</c>. A second one is an error when the server is made.</param>
    /// <returns>The same builder.</returns>
    public SocketIOBuilder AddParser(IPacketParser parser)
    {
        ArgumentNullException.ThrowIfNull(parser);

        Services.AddSingleton(parser);
        return this;
    }

    [RequiresDynamicCode(ContractRequirements.Reason)]
    [RequiresUnreferencedCode(ContractRequirements.Reason)]
    private SocketIOBuilder Add<TContract>(Func<SocketIOServer, NamespaceHandlers> find)
    {
        var contract = SocketContract.Describe(typeof(TContract));
        Services.AddSingleton(new ContractRegistration((server, services) => ContractBinder.Bind(contract, find(server), services)));
        return this;
    }
}
