namespace Salon.App.Lab.Processor;

/// <summary>
/// Finds a marker in bytes that come in whatever pieces. Its first byte is not to be in it a second time, except where what follows there cannot be
/// the marker. Mutable: used where it is stored, by one thread.
/// </summary>
internal struct MarkerSearch(byte[] marker)
{
    private int _matched;

    /// <returns>How often the marker ends in these bytes.</returns>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var count = 0;

        foreach (var value in bytes)
        {
            _matched = value == marker[_matched] ? _matched + 1 : value == marker[0] ? 1 : 0;

            if (_matched == marker.Length)
            {
                _matched = 0;
                count++;
            }
        }

        return count;
    }
}
