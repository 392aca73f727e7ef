using System.Reflection;
using System.Text;
using Salon.SocketIO;

namespace Salon.ContractTypes;

/// <summary>Writes contracts as two interfaces each: what clients listen to, and what they emit.</summary>
internal static class ContractWriter
{
    public static string Write(IReadOnlyList<SocketContract> contracts)
    {
        var types = new TypeScriptTypes();
        var body = new StringBuilder();

        foreach (var contract in contracts)
        {
            var name = GetName(contract.Type);

            body.Append($"\n/** What clients of {name} listen to. */\nexport interface {name}ListenEvents {{\n");
            Append(body, contract.Emitted.Select(emitted => Describe(emitted, types, isEmittedByClient: false)));
            body.Append($"}}\n\n/** What clients of {name} emit. */\nexport interface {name}EmitEvents {{\n");
            Append(body, contract.Handled.Select(handled => Describe(handled, types, isEmittedByClient: true)));
            body.Append("}\n");
        }

        return $$"""
            // Written from the contracts of {{string.Join(", ", contracts.Select(static contract => contract.Type.Assembly.GetName().Name).Distinct())}}. Changes are lost when it is written again.

            /** How a server says no. */
            export interface Failure {
              ok: false;
              error: { code: string; message: string; retryAfter?: number };
            }

            /** Binary data: an ArrayBuffer in browsers, a Buffer under Node.js. */
            export type Binary = ArrayBuffer | Uint8Array;

            """.ReplaceLineEndings("\n") + types.Declarations + body;
    }

    private static void Append(StringBuilder output, IEnumerable<string> events)
    {
        foreach (var line in events.Order(StringComparer.Ordinal))
        {
            output.Append("  ").Append(line).Append(";\n");
        }
    }

    private static string GetName(Type type)
    {
        const string Suffix = "Namespace";
        return type.Name.EndsWith(Suffix, StringComparison.Ordinal) && type.Name.Length > Suffix.Length ? type.Name[..^Suffix.Length] : type.Name;
    }

    private static string Describe(ContractEvent described, TypeScriptTypes types, bool isEmittedByClient)
    {
        var callback = DescribeCallback(described, types, isEmittedByClient);
        var mayBeLeftOut = isEmittedByClient && callback?.StartsWith("callback?", StringComparison.Ordinal) != false;
        var parameters = described.Arguments.Select(parameter => Describe(parameter, types, mayBeLeftOut)).ToList();

        // Nothing can follow a rest parameter, not even the callback.
        if (callback is not null && !parameters.Exists(static parameter => parameter.StartsWith("...", StringComparison.Ordinal)))
        {
            parameters.Add(callback);
        }

        return $"{TypeScriptNames.GetKey(described.Name)}: ({string.Join(", ", parameters)}) => void";
    }

    private static string? DescribeCallback(ContractEvent described, TypeScriptTypes types, bool isEmittedByClient)
    {
        if (described.Answer is not null)
        {
            var answer = types.Get(described.Method.ReturnParameter, described.Answer);
            return $"callback: (answer: {answer}{(isEmittedByClient ? " | Failure" : "")}) => void";
        }

        return (isEmittedByClient, described.TakesAck) switch
        {
            (false, _) => null,
            (true, true) => "callback?: (...answer: any[]) => void",
            (true, false) => "callback?: (failure?: Failure) => void",
        };
    }

    private static string Describe(ParameterInfo parameter, TypeScriptTypes types, bool mayBeLeftOut)
    {
        if (parameter.ParameterType == typeof(EventArguments))
        {
            return $"...{TypeScriptNames.GetParameter(parameter)}: unknown[]";
        }

        var canBeMissing = mayBeLeftOut && parameter.Member is MethodInfo method && method.GetParameters()
            .Skip(parameter.Position)
            .All(static later => later.HasDefaultValue || TypeScriptTypes.IsNullable(later) || later.ParameterType == typeof(Ack));

        return $"{TypeScriptNames.GetParameter(parameter)}{(canBeMissing ? "?" : "")}: {types.Get(parameter)}";
    }
}
