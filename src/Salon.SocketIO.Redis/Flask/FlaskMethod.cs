namespace Salon.SocketIO.Redis.Flask;

/// <summary>What a message on the bus asks for.</summary>
internal enum FlaskMethod
{
    Emit,
    Callback,
    Disconnect,
    EnterRoom,
    LeaveRoom,
    CloseRoom,
}
