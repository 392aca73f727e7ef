using System.Diagnostics.CodeAnalysis;

namespace Salon.SocketIO.Contracts;

/// <summary>Makes implementations of one interface. The class behind them is compiled once.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal static class TypedEmitter<TClient>
    where TClient : class
{
    // Lazy, since what fails while a type is initialized is told as nothing but that.
    private static readonly Lazy<Func<IEmitter, TClient>> s_create = new(TypedEmitterCompiler.Compile<TClient>);

    /// <exception cref="ArgumentException">The interface has something that cannot be emitted.</exception>
    public static TClient Create(IEmitter emitter) => s_create.Value(emitter);
}
