namespace Salon.Redis.Requests;

/// <summary>Commands between <c>MULTI</c> and <c>EXEC</c>, in one piece, so that nothing can come between them on the way either.</summary>
internal static class TransactionFrame
{
    private static ReadOnlySpan<byte> Multi => "*1\r\n$5\r\nMULTI\r\n"u8;

    private static ReadOnlySpan<byte> Exec => "*1\r\n$4\r\nEXEC\r\n"u8;

    public static byte[] Of(IReadOnlyList<RedisCommand> commands)
    {
        var frame = GC.AllocateUninitializedArray<byte>(checked(Multi.Length + commands.Sum(static command => command.Frame.Length) + Exec.Length));
        var position = Multi.Length;
        Multi.CopyTo(frame);

        foreach (var command in commands)
        {
            command.Frame.CopyTo(frame, position);
            position += command.Frame.Length;
        }

        Exec.CopyTo(frame.AsSpan(position));
        return frame;
    }
}
