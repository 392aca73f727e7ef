using System.Diagnostics.CodeAnalysis;

namespace Salon.SocketIO.Contracts;

/// <summary>Makes implementations of one interface. The class behind them is compiled once.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class TypedEmitter<TClient>
    where TClient : class
{
    private static readonly Func<IEmitter, TClient> s_create = TypedEmitterCompiler.Compile<TClient>();

    public static TClient Create(IEmitter emitter) => s_create(emitter);
}
