namespace Salon.SocketIO.Contracts;

/// <summary>Answers with what a method returns, when it is there.</summary>
internal static class ContractAnswer
{
    public static Task Nothing(Ack ack) => ack.SendAsync();

    public static Task Value<T>(T value, Ack ack) => ack.SendAsync(value);

    public static async Task AfterTask(Task task, Ack ack)
    {
        await task;
        await ack.SendAsync();
    }

    public static async Task AfterTaskOf<T>(Task<T> task, Ack ack) => await ack.SendAsync(await task);

    public static async Task AfterValueTask(ValueTask task, Ack ack)
    {
        await task;
        await ack.SendAsync();
    }

    public static async Task AfterValueTaskOf<T>(ValueTask<T> task, Ack ack) => await ack.SendAsync(await task);
}
