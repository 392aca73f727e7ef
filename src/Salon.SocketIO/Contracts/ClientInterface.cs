using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Contracts;

/// <summary>The interface by which events are emitted to clients.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class ClientInterface
{
    /// <summary>The methods of an interface and of those that it inherits from.</summary>
    /// <exception cref="ArgumentException">Something in it cannot be emitted.</exception>
    public static IReadOnlyList<MethodInfo> Check(Type client)
    {
        if (!client.IsInterface)
        {
            throw new ArgumentException($"{client} is not an interface.");
        }

        var members = client.GetInterfaces().Append(client).SelectMany(static type => type.GetMembers()).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);

        foreach (var member in members)
        {
            if (Complain(member) is { } complaint)
            {
                throw new ArgumentException($"{member.DeclaringType}.{member.Name} {complaint}.");
            }

            if (!names.Add(ContractNames.GetEmitted((MethodInfo)member)))
            {
                throw new ArgumentException($"{client} has two methods for \"{ContractNames.GetEmitted((MethodInfo)member)}\".");
            }
        }

        return [.. members.Cast<MethodInfo>()];
    }

    private static string? Complain(MemberInfo member)
    {
        if (member is not MethodInfo { IsSpecialName: false, IsStatic: false, IsGenericMethodDefinition: false } method)
        {
            return "is not a plain method";
        }

        if (method.ReturnType != typeof(Task) && !(method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)))
        {
            return "must return Task or Task<T>";
        }

        if (method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike))
        {
            return "has a parameter that cannot be sent";
        }

        return ReservedEvents.Contains(ContractNames.GetEmitted(method)) || ContractNames.GetEmitted(method).Length == 0
            ? $"would emit \"{ContractNames.GetEmitted(method)}\", which is reserved"
            : null;
    }
}
