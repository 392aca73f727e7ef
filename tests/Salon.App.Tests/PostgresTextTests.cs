using Salon.App.Storage.Postgres;

namespace Salon.App.Tests;

/// <summary>Any text comes back from PostgreSQL as it was, also where PostgreSQL could not hold it.</summary>
public class PostgresTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("déjà vu 😀", "déjà vu 😀")]
    [InlineData("a\0b", "a\u00100b")]
    [InlineData("\u0010", "\u0010e")]
    [InlineData("\u00100", "\u0010e0")]
    [InlineData("\u0010e", "\u0010ee")]
    [InlineData("\u0010\0\u0010\u0010e0\0\0", "\u0010e\u00100\u0010e\u0010ee0\u00100\u00100")]
    public void What_PostgreSQL_cannot_hold_is_escaped(string text, string stored)
    {
        Assert.Equal(stored, PostgresText.Encode(text));
        Assert.Equal(text, PostgresText.Decode(stored));
        Assert.DoesNotContain('\0', stored);
    }
}
