namespace Salon.App.Chat;

/// <summary>Sees to it that there is a room to begin with.</summary>
internal sealed class GeneralRoom(RoomDirectory rooms) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => rooms.EnsureGeneralAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
