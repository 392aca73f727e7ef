namespace Salon.App.Stocks;

/// <summary>Names the runs of the market.</summary>
internal static class MarketEpoch
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int RandomDigits = 3;

    /// <summary>A name that no other run has: the time, and something random for two that begin at the same one.</summary>
    public static string Create(long time)
    {
        Span<char> reversed = stackalloc char[16];
        var length = 0;

        for (; time > 0; time /= Digits.Length)
        {
            reversed[length++] = Digits[(int)(time % Digits.Length)];
        }

        reversed[..length].Reverse();

        for (var i = 0; i < RandomDigits; i++)
        {
            reversed[length++] = Digits[Random.Shared.Next(Digits.Length)];
        }

        return new string(reversed[..length]);
    }
}
