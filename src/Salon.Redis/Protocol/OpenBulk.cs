namespace Salon.Redis.Protocol;

/// <summary>A string of known length, of which some has still to arrive.</summary>
internal struct OpenBulk
{
    // What the length promises is believed only as it arrives.
    private const int FirstCapacity = 1024 * 1024;

    private byte[]? _bytes;
    private int _length;
    private int _filled;

    public readonly bool IsOpen => _bytes is not null;

    public readonly bool IsFull => _filled == _length;

    public byte Type { get; private set; }

    public void Open(byte type, int length)
    {
        Type = type;
        _length = length;
        _filled = 0;
        _bytes = new byte[Math.Min(length, FirstCapacity)];
    }

    /// <returns>How much of the input belongs to it.</returns>
    public int Fill(ReadOnlySpan<byte> input)
    {
        var taken = Math.Min(input.Length, _length - _filled);

        if (_filled + taken > _bytes!.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(_length, Math.Max(_bytes.Length * 2L, _filled + taken)));
        }

        input[..taken].CopyTo(_bytes.AsSpan(_filled));
        _filled += taken;
        return taken;
    }

    public byte[] Close()
    {
        var bytes = _bytes!;
        _bytes = null;
        return bytes;
    }
}
