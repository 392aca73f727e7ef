namespace Salon.SocketIO.Contracts;

/// <summary>A contract that waits for the server to be made.</summary>
/// <param name="Bind">Binds it.</param>
internal sealed record ContractRegistration(Action<SocketIOServer, IServiceProvider> Bind);
