using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Contracts;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>What a <see cref="SocketNamespace"/> handles and emits, as its class says: for tools that write the types of clients.</summary>
public sealed class SocketContract
{
    private SocketContract(Type type, Type? client, IReadOnlyList<ContractEvent> handled, IReadOnlyList<ContractEvent> emitted) =>
        (Type, Client, Handled, Emitted) = (type, client, handled, emitted);

    /// <summary>The class.</summary>
    public Type Type { get; }

    /// <summary>The interface of its clients; <see langword="null"/> when it names none.</summary>
    public Type? Client { get; }

    /// <summary>The events that clients may emit.</summary>
    public IReadOnlyList<ContractEvent> Handled { get; }

    /// <summary>The events that clients may listen to.</summary>
    public IReadOnlyList<ContractEvent> Emitted { get; }

    /// <summary>Reads a class.</summary>
    /// <param name="type">A class that derives from <see cref="SocketNamespace"/>.</param>
    /// <exception cref="ArgumentException">Something in it cannot be bound; the message names each.</exception>
    [RequiresDynamicCode(ContractRequirements.Reason)]
    [RequiresUnreferencedCode(ContractRequirements.Reason)]
    public static SocketContract Describe(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);

        if (!type.IsSubclassOf(typeof(SocketNamespace)) || type.IsAbstract || type.ContainsGenericParameters)
        {
            throw new ArgumentException($"{type} must be a class that derives from {nameof(SocketNamespace)} and can be made.");
        }

        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        var methods = type.GetMethods(Any).Where(static method => method.GetCustomAttribute<OnAttribute>() is not null).ToList();
        var complaints = methods.Select(Complain).OfType<string>().Concat(FindDoubles(methods)).ToList();

        if (complaints.Count > 0)
        {
            throw new ArgumentException($"{type}: {string.Join(" ", complaints)}");
        }

        var client = FindClient(type);

        return new SocketContract(
            type,
            client,
            [.. methods.Select(DescribeHandled)],
            client is null ? [] : [.. ClientInterface.Check(client).Select(DescribeEmitted)]);
    }

    private static Type? FindClient(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(SocketNamespace<>))
            {
                return parent.GetGenericArguments()[0];
            }
        }

        return null;
    }

    private static IEnumerable<string> FindDoubles(IEnumerable<MethodInfo> methods) => methods
        .GroupBy(ContractNames.GetHandled, StringComparer.Ordinal)
        .Where(static group => group.Count() > 1)
        .Select(static group => $"\"{group.Key}\" has several methods.");

    private static string? Complain(MethodInfo method)
    {
        var name = ContractNames.GetHandled(method);
        var parameters = method.GetParameters();

        return method switch
        {
            { IsPublic: false } or { IsStatic: true } or { IsGenericMethodDefinition: true } => $"{method.Name} must be public, not static and not generic.",
            _ when name.Length == 0 || ReservedEvents.Contains(name) => $"{method.Name} handles \"{name}\", which is reserved.",
            _ when parameters.Any(static parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike) =>
                $"{method.Name} has a parameter that cannot be received.",
            _ when parameters.Any(static parameter => parameter.ParameterType == typeof(Ack)) && GetAnswer(method) is not null =>
                $"{method.Name} has an {nameof(Ack)} and returns a value; it can answer once.",
            _ => null,
        };
    }

    private static ContractEvent DescribeHandled(MethodInfo method) => new(
        ContractNames.GetHandled(method),
        method,
        [.. method.GetParameters().Where(static parameter => parameter.ParameterType != typeof(Ack) && !IsService(parameter))],
        GetAnswer(method),
        method.GetParameters().Any(static parameter => parameter.ParameterType == typeof(Ack)));

    private static ContractEvent DescribeEmitted(MethodInfo method) =>
        new(ContractNames.GetEmitted(method), method, method.GetParameters(), GetAnswer(method), TakesAck: false);

    internal static bool IsService(ParameterInfo parameter) => parameter.GetCustomAttributes().Any(static attribute => attribute is IFromServiceMetadata or FromKeyedServicesAttribute);

    /// <summary>What a method answers: nothing, or the type that it returns, waited for.</summary>
    private static Type? GetAnswer(MethodInfo method)
    {
        var type = method.ReturnType;

        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
        {
            return null;
        }

        return type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;
    }
}
