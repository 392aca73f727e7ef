using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Salon.SocketIO;

namespace Salon.ContractTypes;

/// <summary>
/// Says in TypeScript what the server writes and reads as JSON: names, converters and what is left out are those of its serializer. Types with
/// properties become interfaces, once each.
/// </summary>
internal sealed class TypeScriptTypes
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private static readonly Dictionary<Type, string> s_scalars = new (string Name, Type[] Types)[]
    {
        ("string", [typeof(string), typeof(char), typeof(Guid), typeof(Uri), typeof(Version)]),
        ("string", [typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan)]),
        ("boolean", [typeof(bool)]),
        ("number", [typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong)]),
        ("number", [typeof(float), typeof(double), typeof(decimal), typeof(Half)]),
        ("string | number", [typeof(IdempotencyKey)]),
        ("Binary", [typeof(byte[]), typeof(Memory<byte>), typeof(ReadOnlyMemory<byte>)]),
        ("unknown", [typeof(object), typeof(RawJson), typeof(JsonElement), typeof(JsonDocument), typeof(JsonNode)]),
        ("unknown[]", [typeof(JsonArray)]),
        ("Record<string, unknown>", [typeof(JsonObject)]),
    }.SelectMany(static group => group.Types.Select(type => (type, group.Name))).ToDictionary();

    private readonly Dictionary<Type, string> _names = [];
    private readonly List<string> _declarations = [];

    /// <summary>The interfaces of all types that were asked for.</summary>
    public string Declarations => string.Concat(_declarations.Order(StringComparer.Ordinal));

    public static bool IsNullable(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    public string Get(ParameterInfo parameter) => Get(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));

    /// <summary>The type of what a method returns, once it has been waited for.</summary>
    public string Get(ParameterInfo returned, Type answer)
    {
        var nullability = new NullabilityInfoContext().Create(returned);
        return Get(answer, answer == returned.ParameterType ? nullability : nullability.GenericTypeArguments[0]);
    }

    private string Get(Type type, NullabilityInfo? nullability)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{Get(underlying, nullability: null)} | null";
        }

        var name = GetNotNull(type, nullability);
        return nullability?.ReadState == NullabilityState.Nullable && name != "unknown" ? $"{name} | null" : name;
    }

    private string GetNotNull(Type type, NullabilityInfo? nullability)
    {
        if (s_scalars.TryGetValue(type, out var scalar))
        {
            return scalar;
        }

        if (type.IsEnum)
        {
            return type.IsDefined(typeof(FlagsAttribute)) ? "number" : string.Join(" | ", GetValues(type).Distinct());
        }

        var info = s_options.GetTypeInfo(type);

        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => $"{Parenthesize(Get(info.ElementType!, nullability?.ElementType ?? nullability?.GenericTypeArguments.FirstOrDefault()))}[]",
            JsonTypeInfoKind.Dictionary => $"Record<string, {Get(info.ElementType!, nullability?.GenericTypeArguments.LastOrDefault())}>",
            JsonTypeInfoKind.Object => Declare(info),
            _ => "unknown",
        };
    }

    private static IEnumerable<string> GetValues(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.Serialize(value, type, s_options));

    private static string Parenthesize(string type) => type.Contains(" | ", StringComparison.Ordinal) ? $"({type})" : type;

    private string Declare(JsonTypeInfo info)
    {
        if (_names.TryGetValue(info.Type, out var known))
        {
            return known;
        }

        var name = FindName(info.Type);
        _names.Add(info.Type, name);

        if (info.PolymorphismOptions is { } polymorphism)
        {
            var choices = polymorphism.DerivedTypes.Select(derived => derived.TypeDiscriminator is null
                ? Get(derived.DerivedType, nullability: null)
                : $"({{ {TypeScriptNames.GetKey(polymorphism.TypeDiscriminatorPropertyName)}: {TypeScriptNames.GetLiteral(derived.TypeDiscriminator)} }} & {Get(derived.DerivedType, nullability: null)})");
            _declarations.Add($"\nexport type {name} = {string.Join(" | ", choices)};\n");
            return name;
        }

        var declaration = new StringBuilder($"\nexport interface {name} {{\n");

        foreach (var property in info.Properties.Where(static property => property.Get is not null || property.Set is not null))
        {
            var nullability = property.AttributeProvider is PropertyInfo member && !IsGeneric(member) ? new NullabilityInfoContext().Create(member) : null;
            var type = Get(property.PropertyType, nullability);
            var isOptional = property.AssociatedParameter?.HasDefaultValue == true || type.EndsWith("| null", StringComparison.Ordinal);
            declaration.Append($"  {TypeScriptNames.GetKey(property.Name)}{(isOptional ? "?" : "")}: {type};\n");
        }

        _declarations.Add(declaration.Append("}\n").ToString());
        return name;
    }

    /// <summary>Whether a property is of its type's type parameter, of which nobody says whether it can be null.</summary>
    private static bool IsGeneric(PropertyInfo property) =>
        property.DeclaringType is { IsGenericType: true } type
        && type.GetGenericTypeDefinition().GetProperty(property.Name)?.PropertyType.ContainsGenericParameters == true;

    /// <summary><c>Page&lt;Message></c> becomes <c>PageOfMessage</c>; a second type of the same name gets a number.</summary>
    private string FindName(Type type)
    {
        var name = type.Name.Split('`')[0] + (type.IsGenericType ? "Of" + string.Join("And", type.GetGenericArguments().Select(static argument => argument.Name.Split('`')[0])) : "");
        var free = name;

        for (var number = 2; _names.ContainsValue(free); number++)
        {
            free = $"{name}{number}";
        }

        return free;
    }
}
