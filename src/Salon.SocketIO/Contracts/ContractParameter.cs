using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Events;

namespace Salon.SocketIO.Contracts;

/// <summary>How one parameter of a contract's method gets its value, and what the value must be like. Made once, at the start.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal sealed class ContractParameter
{
    private readonly ParameterInfo _parameter;
    private readonly Reader? _read;
    private readonly object? _default;
    private readonly ValidationAttribute[] _rules;
    private readonly ObjectRules? _objectRules;

    public ContractParameter(ParameterInfo parameter)
    {
        _parameter = parameter;
        _rules = [.. parameter.GetCustomAttributes<ValidationAttribute>()];
        _default = FindDefault(parameter);
        _objectRules = ObjectRules.For(parameter.ParameterType);

        if (!SocketContract.IsService(parameter))
        {
            _read = typeof(ContractParameter).GetMethod(nameof(Read), BindingFlags.Static | BindingFlags.NonPublic)!
                .MakeGenericMethod(parameter.ParameterType)
                .CreateDelegate<Reader>();
        }
    }

    private delegate bool Reader(ref EventBinder binder, out object? value);

    public bool IsService => _read is null;

    /// <summary>Takes the value from the packet. That of a service comes later.</summary>
    /// <returns><see langword="false"/> when it does not fit; <paramref name="error"/> says why.</returns>
    public bool TryBind(ref EventBinder binder, out object? value, out string? error)
    {
        error = null;

        if (_read is null || (_parameter.HasDefaultValue && binder.IsAtEnd && _parameter.ParameterType != typeof(Ack)))
        {
            binder.Skip();
            value = _default;
            return true;
        }

        if (!_read(ref binder, out value))
        {
            error = binder.Error;
            return false;
        }

        error = Validate(value);
        return error is null;
    }

    public object Resolve(IServiceProvider services) => _parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
        ? services.GetRequiredKeyedService(_parameter.ParameterType, keyed.Key)
        : services.GetRequiredService(_parameter.ParameterType);

    private static object? FindDefault(ParameterInfo parameter) => parameter switch
    {
        { HasDefaultValue: false } => null,
        { DefaultValue: null, ParameterType: { IsValueType: true } type } when Nullable.GetUnderlyingType(type) is null => Activator.CreateInstance(type),
        _ => parameter.DefaultValue,
    };

    private static bool Read<T>(ref EventBinder binder, out object? value)
    {
        var isRead = binder.TryNext(out T typed);
        value = typed;
        return isRead;
    }

    private string? Validate(object? value)
    {
        if (_rules.Length > 0)
        {
            var context = new ValidationContext(value ?? new object(), _parameter.Name!, serviceProvider: null, items: null);

            foreach (var rule in _rules)
            {
                if (rule.GetValidationResult(value, context) is { } failure)
                {
                    return Describe(failure);
                }
            }
        }

        return value is not null && _objectRules?.Validate(value) is { } broken ? Describe(broken) : null;
    }

    private string Describe(ValidationResult failure) => $"Argument {_parameter.Position + 1} ({_parameter.Name}): {failure.ErrorMessage}";
}
