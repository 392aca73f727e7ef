namespace Salon.App.Chat;

/// <summary>Sees to it that there is a room to begin with.</summary>
internal sealed class GeneralRoom(RoomDirectory rooms) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _ = await rooms.FindAsync(RoomDirectory.General) ?? (await rooms.FoundAsync(RoomDirectory.General, founder: "Salon")).Room;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
