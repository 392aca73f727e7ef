using System.Collections.Frozen;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Salon.ContractTypes;

/// <summary>Names as TypeScript can have them.</summary>
internal static partial class TypeScriptNames
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Words that C# allows as names of parameters, and that TypeScript does not.
    private static readonly FrozenSet<string> s_reserved = FrozenSet.ToFrozenSet(
    [
        "arguments", "await", "debugger", "delete", "eval", "export", "extends", "function", "implements", "import", "instanceof", "let",
        "package", "super", "typeof", "var", "with", "yield", "break", "case", "catch", "class", "const", "continue", "default", "do", "else",
        "enum", "false", "finally", "for", "if", "in", "interface", "new", "null", "private", "protected", "public", "return", "static",
        "switch", "this", "throw", "true", "try", "void", "while",
    ]);

    /// <summary>The name of a property, in quotes where it needs them.</summary>
    public static string GetKey(string name) => Identifier().IsMatch(name) ? name : GetLiteral(name);

    public static string GetParameter(ParameterInfo parameter) => s_reserved.Contains(parameter.Name!) ? parameter.Name + "_" : parameter.Name!;

    public static string GetLiteral(object? value) => JsonSerializer.Serialize(value, s_plain);

    [GeneratedRegex("^[A-Za-z_$][A-Za-z0-9_$]*$")]
    private static partial Regex Identifier();
}
