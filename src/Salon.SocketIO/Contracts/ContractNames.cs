using System.Reflection;
using System.Text.Json;

namespace Salon.SocketIO.Contracts;

/// <summary>How events are named after methods.</summary>
internal static class ContractNames
{
    public static string GetHandled(MethodInfo method) => method.GetCustomAttribute<OnAttribute>()?.EventName ?? GetName(method);

    public static string GetEmitted(MethodInfo method) => method.GetCustomAttribute<EmitsAttribute>()?.EventName ?? GetName(method);

    private static string GetName(MethodInfo method)
    {
        const string Suffix = "Async";
        var name = method.Name.EndsWith(Suffix, StringComparison.Ordinal) && method.Name.Length > Suffix.Length ? method.Name[..^Suffix.Length] : method.Name;
        return JsonNamingPolicy.CamelCase.ConvertName(name);
    }
}
