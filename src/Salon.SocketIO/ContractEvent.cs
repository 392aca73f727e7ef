using System.Reflection;

namespace Salon.SocketIO;

/// <summary>One event of a <see cref="SocketContract"/>.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Method">The method that handles or emits it.</param>
/// <param name="Arguments">The parameters that travel.</param>
/// <param name="Answer">What is answered; <see langword="null"/> for nothing, or when the method answers by itself.</param>
/// <param name="TakesAck">Whether the method answers by itself, with whatever it likes.</param>
public sealed record ContractEvent(string Name, MethodInfo Method, IReadOnlyList<ParameterInfo> Arguments, Type? Answer, bool TakesAck);
