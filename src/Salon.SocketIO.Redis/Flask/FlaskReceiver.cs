using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// Does in one namespace what others on the bus ask for, for the sockets that are here: whoever has others hears of it too. Messages come from
/// one thread at a time, which waits for nothing.
/// </summary>
/// <param name="owner">The namespace.</param>
/// <param name="adapter">The adapter that knows its rooms.</param>
/// <param name="bus">The bus.</param>
/// <param name="cluster">The cluster of this server; <see langword="null"/> when it is in none.</param>
/// <param name="callbackTimeout">How long clients may take to answer.</param>
internal sealed partial class FlaskReceiver(Namespace owner, IAdapter adapter, FlaskBus bus, string? cluster, TimeSpan callbackTimeout)
{
    private const int MaxQuestions = 10_000;

    private int _questions;

    public void OnMessage(FlaskMessage message)
    {
        // What servers of a cluster say to each other, the adapter brings. And a namespace that is being made has no adapter yet, and nobody in it; one that
        // is complete may have clients that are away.
        if ((cluster is not null && message.Cluster == cluster) || owner.Adapter is null)
        {
            return;
        }

        try
        {
            Do(message);
        }
        catch (ArgumentException exception)
        {
            // A name that the library keeps for itself.
            bus.OnInvalid(exception);
        }
        catch (Exception exception)
        {
            Log.MessageFailed(bus.Logger, exception, message.Method, owner.Name);
        }
    }

    private void Do(FlaskMessage message)
    {
        switch (message.Method)
        {
            case FlaskMethod.Emit when message.Callback is { } callback:
                Ask(message, callback);
                break;

            case FlaskMethod.Emit:
                Emit(message);
                break;

            case FlaskMethod.Disconnect when FindSocket(message) is { } socket:
                bus.Disconnect(socket);
                break;

            case FlaskMethod.EnterRoom when FindSocket(message) is { } socket:
                Finish(socket.JoinAsync(message.Rooms[0]), message);
                break;

            case FlaskMethod.LeaveRoom when FindSocket(message) is { } socket:
                Finish(socket.LeaveAsync(message.Rooms[0]), message);
                break;

            case FlaskMethod.CloseRoom:
                Finish(adapter.LeaveSocketsAsync(new BroadcastOptions { Rooms = message.Rooms, IsLocal = true }, message.Rooms).AsTask(), message);
                break;
        }
    }

    private Socket? FindSocket(FlaskMessage message) => owner.Sockets.GetValueOrDefault(message.Sid);

    private void Emit(FlaskMessage message)
    {
        var choice = owner.Local.To([.. message.Rooms]).Except([.. message.SkipSids]);
        using var payload = choice.StartEvent(message.Event);

        foreach (var argument in message.Arguments)
        {
            payload.Add(argument);
        }

        payload.Complete();
        Finish(choice.EmitAsync(payload), message);
    }

    /// <summary>As in Python, each client is asked, and the first one that answers does.</summary>
    private void Ask(FlaskMessage message, FlaskCallback callback)
    {
        var asker = new Asker(message.HostId, callback);
        object?[] arguments = [.. message.Arguments];

        foreach (var socket in adapter.GetSockets(new BroadcastOptions { Rooms = message.Rooms, Except = message.SkipSids, IsLocal = true }))
        {
            if (Interlocked.Increment(ref _questions) <= MaxQuestions)
            {
                Finish(AskAsync(socket, message.Event, arguments, asker), message);
            }
            else
            {
                Interlocked.Decrement(ref _questions);
                bus.OnDropped();
            }
        }
    }

    private async Task AskAsync(Socket socket, string name, object?[] arguments, Asker asker)
    {
        try
        {
            var answer = await socket.Timeout(callbackTimeout).EmitWithAckAsync<EventArguments>(name, arguments);

            // Whatever the answer is, it has arguments, if perhaps none of them.
            if (asker.TryAnswer())
            {
                Answer(asker, answer!);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or SocketDisconnectedException)
        {
            // As in Python, where nobody learns of it either.
            Log.NotAnswered(bus.Logger, exception, owner.Name);
        }
        finally
        {
            Interlocked.Decrement(ref _questions);
        }
    }

    private void Answer(Asker asker, EventArguments answer)
    {
        if (answer.Count > 0 && answer[0].Attachments.Count > 0)
        {
            Log.AnswerIsBinary(bus.Logger, owner.Name);
            bus.OnDropped();
            return;
        }

        bus.Publish(FlaskWriter.WriteAnswer(asker.HostId, asker.Callback, answer));
    }

    private void Finish(Task work, FlaskMessage message)
    {
        if (!work.IsCompletedSuccessfully)
        {
            bus.Guard.Forget("FlaskReceiver.OnMessage", FinishAsync(work, message));
        }
    }

    private async Task FinishAsync(Task work, FlaskMessage message)
    {
        try
        {
            await work;
        }
        catch (ArgumentException exception)
        {
            bus.OnInvalid(exception);
        }
        catch (Exception exception)
        {
            Log.MessageFailed(bus.Logger, exception, message.Method, owner.Name);
        }
    }

    private sealed class Asker(string hostId, FlaskCallback callback)
    {
        private bool _isAnswered;

        public string HostId => hostId;

        public FlaskCallback Callback => callback;

        /// <returns><see langword="false"/> when there is an answer already, since Python takes one.</returns>
        public bool TryAnswer() => !Interlocked.Exchange(ref _isAnswered, true);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A message on the bus of Flask-SocketIO ({Method}) failed in the namespace {Namespace}.", EventName = nameof(MessageFailed))]
        public static partial void MessageFailed(ILogger logger, Exception exception, FlaskMethod method, string @namespace);

        [LoggerMessage(2, LogLevel.Debug, "A client in the namespace {Namespace} did not answer an event of the bus.", EventName = nameof(NotAnswered))]
        public static partial void NotAnswered(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(3, LogLevel.Warning, "A client in the namespace {Namespace} answered an event of the bus with binary data, which cannot be told Python: the answer is dropped.", EventName = nameof(AnswerIsBinary))]
        public static partial void AnswerIsBinary(ILogger logger, string @namespace);
    }
}
