using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

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
    private ObjectRules? _elements;

    private ObjectRules(Type type) => _type = type;

    private bool HasRules => _properties.Count > 0 || _elements is not null || _type.IsAssignableTo(typeof(IValidatableObject));

    /// <returns><see langword="null"/> when there is nothing to check.</returns>
    public static ObjectRules? For(Type type) => For(Nullable.GetUnderlyingType(type) ?? type, []) is { HasRules: true } rules ? rules : null;

    /// <returns>The first rule that is broken; <see langword="null"/> when none is.</returns>
    public ValidationResult? Validate(object value)
    {
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
        else if (type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true)
        {
            rules._properties = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(static property => property.CanRead && property.GetIndexParameters().Length == 0)
                .Select(property => new PropertyRules(property, For(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, known)))
                .Where(static property => property.HasRules)];
        }

        return rules;
    }
}
