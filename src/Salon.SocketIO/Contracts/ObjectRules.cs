using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Salon.SocketIO.Contracts;

/// <summary>
/// The rules of a type's properties, and of those of the types in it: found once, checked without reflection. What is checked was read from
/// JSON, so it has no cycles, and is as deep as the JSON was.
/// </summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal sealed class ObjectRules
{
    private readonly Type _type;
    private List<PropertyRules> _properties = [];
    private readonly Dictionary<Type, ObjectRules> _derived = [];
    private ObjectRules? _elements;

    private ObjectRules(Type type) => _type = type;

    private bool HasRules => _properties.Count > 0 || _derived.Count > 0 || _elements is not null || _type.IsAssignableTo(typeof(IValidatableObject));

    /// <returns><see langword="null"/> when there is nothing to check.</returns>
    public static ObjectRules? For(Type type) => For(Nullable.GetUnderlyingType(type) ?? type, []) is { HasRules: true } rules ? rules : null;

    /// <returns>The first rule that is broken; <see langword="null"/> when none is.</returns>
    public ValidationResult? Validate(object value)
    {
        if (_derived.TryGetValue(value.GetType(), out var own))
        {
            return own.Validate(value);
        }

        if (_elements is not null)
        {
            foreach (var element in (IEnumerable)value)
            {
                if (element is not null && _elements.Validate(element) is { } failure)
                {
                    return failure;
                }
            }
        }

        foreach (var property in _properties)
        {
            if (property.Validate(value) is { } failure)
            {
                return failure;
            }
        }

        return value is IValidatableObject validatable
            ? validatable.Validate(new ValidationContext(value)).FirstOrDefault(static result => result != ValidationResult.Success)
            : null;
    }

    private static ObjectRules? For(Type type, Dictionary<Type, ObjectRules> known)
    {
        if (known.TryGetValue(type, out var rules))
        {
            return rules;
        }

        if (type.IsPrimitive || type.IsEnum || type == typeof(string))
        {
            return null;
        }

        known.Add(type, rules = new ObjectRules(type));
        var element = type.GetInterfaces().Append(type)
            .FirstOrDefault(static candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>));

        if (element is not null)
        {
            rules._elements = For(element.GetGenericArguments()[0], known);
        }
        else if (!IsFramework(type))
        {
            rules._properties = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(static property => property.CanRead && property.GetIndexParameters().Length == 0)
                .Select(property => new PropertyRules(property, For(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, known)))
                .Where(static property => property.HasRules)];
        }

        foreach (var derived in type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false))
        {
            if (derived.DerivedType != type && For(derived.DerivedType, known) is { } own)
            {
                rules._derived[derived.DerivedType] = own;
            }
        }

        return rules;
    }

    /// <summary>Types that have no rules of their own. What is in a dictionary is in pairs, whose values may have some.</summary>
    private static bool IsFramework(Type type) =>
        type.Namespace is { } name
        && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal))
        && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));
}
