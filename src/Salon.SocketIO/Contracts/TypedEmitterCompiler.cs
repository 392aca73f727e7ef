using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Contracts;

/// <summary>
/// Writes a class for an interface, each of whose methods does what somebody would write by hand:
/// <c>payload = Start(emitter, "name"); Add(payload, argument); …; return Send(emitter, payload);</c>
/// </summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class TypedEmitterCompiler
{
    private const MethodAttributes Implementation =
        MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;

    public static Func<IEmitter, TClient> Compile<TClient>()
    {
        var client = typeof(TClient);
        var methods = ClientInterface.Check(client);

        // An assembly of its own for each interface: it may look into the interface's, and into ours, whatever is public there.
        var name = new AssemblyName($"Salon.SocketIO.Emitters.{client.Name}");
        var assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.RunAndCollect);
        Open(assembly, client.Assembly);
        Open(assembly, typeof(TypedEmit).Assembly);

        foreach (var type in methods.SelectMany(static method => method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.ReturnType)))
        {
            Open(assembly, type.Assembly);
            Array.ForEach(type.GetGenericArguments(), argument => Open(assembly, argument.Assembly));
        }

        var builder = assembly.DefineDynamicModule(name.Name!).DefineType(client.Name, TypeAttributes.Sealed, typeof(object), [client]);
        var emitter = builder.DefineField("_emitter", typeof(IEmitter), FieldAttributes.Private | FieldAttributes.InitOnly);
        WriteConstructor(builder, emitter);

        foreach (var method in methods)
        {
            WriteMethod(builder, emitter, method);
        }

        var constructor = builder.CreateType().GetConstructor([typeof(IEmitter)])!;
        var parameter = Expression.Parameter(typeof(IEmitter));
        return Expression.Lambda<Func<IEmitter, TClient>>(Expression.New(constructor, parameter), parameter).Compile();
    }

    private static void Open(AssemblyBuilder assembly, Assembly to) => assembly.SetCustomAttribute(new CustomAttributeBuilder(
        typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!,
        [to.GetName().Name!]));

    private static void WriteConstructor(TypeBuilder builder, FieldBuilder emitter)
    {
        var code = builder.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(IEmitter)]).GetILGenerator();

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Call, typeof(object).GetConstructor([])!);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, emitter);
        code.Emit(OpCodes.Ret);
    }

    private static void WriteMethod(TypeBuilder builder, FieldBuilder emitter, MethodInfo method)
    {
        Type[] parameters = [.. method.GetParameters().Select(static parameter => parameter.ParameterType)];
        var implementation = builder.DefineMethod(method.Name, Implementation, method.ReturnType, parameters);
        var code = implementation.GetILGenerator();
        var payload = code.DeclareLocal(typeof(PayloadBuilder));

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, emitter);
        code.Emit(OpCodes.Ldstr, ContractNames.GetEmitted(method));
        code.Emit(OpCodes.Call, GetHelper(nameof(TypedEmit.Start)));
        code.Emit(OpCodes.Stloc, payload);

        for (var i = 0; i < parameters.Length; i++)
        {
            code.Emit(OpCodes.Ldloc, payload);
            code.Emit(OpCodes.Ldarg, (short)(i + 1));
            code.Emit(OpCodes.Call, GetHelper(nameof(TypedEmit.Add)).MakeGenericMethod(parameters[i]));
        }

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, emitter);
        code.Emit(OpCodes.Ldloc, payload);
        code.Emit(OpCodes.Call, method.ReturnType == typeof(Task)
            ? GetHelper(nameof(TypedEmit.Send))
            : GetHelper(nameof(TypedEmit.Ask)).MakeGenericMethod(method.ReturnType.GetGenericArguments()));
        code.Emit(OpCodes.Ret);

        builder.DefineMethodOverride(implementation, method);
    }

    private static MethodInfo GetHelper(string name) => typeof(TypedEmit).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!;
}
