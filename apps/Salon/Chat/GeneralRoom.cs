namespace Salon.App.Chat;

/// <summary>Sees to it that there is a room to begin with.</summary>
internal sealed class GeneralRoom(RoomDirectory rooms) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken) =>
        await rooms.FindOrCreateAsync(RoomDirectory.General, founder: "Salon");

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
