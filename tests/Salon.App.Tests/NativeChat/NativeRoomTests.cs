using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.NativeChat;

namespace Salon.App.Tests.NativeChat;

/// <summary>Who is in the room when the network has an opinion.</summary>
public class NativeRoomTests
{
    [Fact]
    public async Task Who_is_being_sent_away_does_not_get_into_the_room_any_more()
    {
        await using var server = await AppServer.StartAsync();
        var room = server.Services.GetRequiredService<NativeRoom>();
        using var socket = WebSocket.CreateFromStream(Stream.Null, new WebSocketCreationOptions { IsServer = true });
        var connection = new NativeConnection(socket, room, new NativeChatBudgets(TimeProvider.System), default, TimeProvider.System);

        connection.Close(Farewell.NoName);
        room.Leave(connection);
        var refusal = room.Join(connection, "Alice", new string('s', 32));

        Assert.Null(refusal);
        Assert.Equal((0, 0), room.Count);
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
    }
}
