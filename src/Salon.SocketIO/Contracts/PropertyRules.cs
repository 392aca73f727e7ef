using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.SocketIO.Contracts;

/// <summary>The rules of one property, and of what is in it. Clients are told the property's name as it is in JSON.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal sealed class PropertyRules(PropertyInfo property, ObjectRules? inner)
{
    private readonly ValidationAttribute[] _rules = [.. FindRules(property)];
    private readonly string _name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
    private readonly Func<object, object?> _get = Compile(property);

    // A type that contains itself is still being looked at: its rules are known when they are needed.
    public bool HasRules => _rules.Length > 0 || inner is not null;

    public ValidationResult? Validate(object owner)
    {
        var value = _get(owner);

        if (_rules.Length > 0)
        {
            var context = new ValidationContext(owner, _name, serviceProvider: null, items: null) { MemberName = property.Name };

            foreach (var rule in _rules)
            {
                if (rule.GetValidationResult(value, context) is { } failure)
                {
                    return failure;
                }
            }
        }

        return value is null ? null : inner?.Validate(value);
    }

    /// <summary>Those of the property, and of the parameter of a record's constructor that stands for it.</summary>
    private static IEnumerable<ValidationAttribute> FindRules(PropertyInfo property) => property.GetCustomAttributes<ValidationAttribute>().Concat(
        property.DeclaringType!.GetConstructors()
            .SelectMany(static constructor => constructor.GetParameters())
            .Where(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType)
            .SelectMany(static parameter => parameter.GetCustomAttributes<ValidationAttribute>()));

    private static Func<object, object?> Compile(PropertyInfo property)
    {
        var owner = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(owner, property.DeclaringType!), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), owner).Compile();
    }
}
