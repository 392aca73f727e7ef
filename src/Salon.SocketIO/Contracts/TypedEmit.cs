using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Contracts;

/// <summary>What the methods of a typed emitter are made of.</summary>
internal static class TypedEmit
{
    public static PayloadBuilder Start(IEmitter emitter, string eventName) => emitter.StartEvent(eventName);

    public static void Add<T>(PayloadBuilder payload, T argument) => payload.Add(argument);

    public static Task Send(IEmitter emitter, PayloadBuilder payload)
    {
        using (payload)
        {
            payload.Complete();
            return emitter.EmitAsync(payload);
        }
    }

    public static Task<T?> Ask<T>(IEmitter emitter, PayloadBuilder payload)
    {
        using (payload)
        {
            payload.Complete();

            return emitter switch
            {
                Socket socket => new SocketEmitter(socket).AskAsync<T>(payload),
                SocketEmitter one => one.AskAsync<T>(payload),
                _ => throw new InvalidOperationException("One client can be asked this way, not many: emit to a socket, or ask with EmitWithAckAsync."),
            };
        }
    }
}
