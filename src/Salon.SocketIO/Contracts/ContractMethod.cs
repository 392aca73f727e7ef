using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Salon.SocketIO.Contracts;

/// <summary>Compiles the call of a method: its arguments are taken from an array, and what it returns goes to the ack.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class ContractMethod
{
    public static Func<SocketNamespace, object?[], Ack, Task> Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(SocketNamespace));
        var arguments = Expression.Parameter(typeof(object?[]));
        var ack = Expression.Parameter(typeof(Ack));

        var call = Expression.Call(
            Expression.Convert(instance, method.DeclaringType!),
            method,
            method.GetParameters().Select((parameter, index) =>
                Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType)));

        return Expression.Lambda<Func<SocketNamespace, object?[], Ack, Task>>(Answer(call, ack), instance, arguments, ack).Compile();
    }

    private static Expression Answer(MethodCallExpression call, ParameterExpression ack)
    {
        var type = call.Type;

        if (type == typeof(void))
        {
            return Expression.Block(call, Expression.Call(Get(nameof(ContractAnswer.Nothing)), ack));
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return Expression.Call(Get(type == typeof(Task) ? nameof(ContractAnswer.AfterTask) : nameof(ContractAnswer.AfterValueTask)), call, ack);
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;

        return definition == typeof(Task<>) || definition == typeof(ValueTask<>)
            ? Expression.Call(
                Get(definition == typeof(Task<>) ? nameof(ContractAnswer.AfterTaskOf) : nameof(ContractAnswer.AfterValueTaskOf))
                    .MakeGenericMethod(type.GetGenericArguments()),
                call,
                ack)
            : Expression.Call(Get(nameof(ContractAnswer.Value)).MakeGenericMethod(type), call, ack);
    }

    private static MethodInfo Get(string name) => typeof(ContractAnswer).GetMethod(name)!;
}
