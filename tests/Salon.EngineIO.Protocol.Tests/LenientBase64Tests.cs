using System.Text;

namespace Salon.EngineIO.Protocol.Tests;

/// <summary>Base64 as clients send it. What is well-formed is .NET's own matter; .NET also says here what the rest comes to.</summary>
[Trait("Stage", "fast")]
public class LenientBase64Tests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    [Fact]
    public void Every_character_of_both_alphabets_has_its_value()
    {
        for (var value = 0; value < Alphabet.Length; value++)
        {
            var ofUrls = Alphabet[value] switch { '+' => '-', '/' => '_', var same => same };

            // A lone group of three is not padded: the strict way does not take it.
            Assert.Equal([(byte)(value >> 4), (byte)(value << 4)], Decode($"A{Alphabet[value]}A"));
            Assert.Equal([(byte)(value >> 4), (byte)(value << 4)], Decode($"A{ofUrls}A"));
            Assert.Equal([(byte)((value << 2) | (value >> 4))], Decode($"{ofUrls}{ofUrls}"));
        }
    }

    [Fact]
    public void Whatever_else_there_is_is_passed_over()
    {
        for (var other = 0; other < 256; other++)
        {
            var isOfBase64 = other is '-' or '_' or '=' || Alphabet.Contains((char)other, StringComparison.Ordinal);
            byte[] text = [.. "SGVs"u8, (byte)other, .. "bG8"u8];

            if (!isOfBase64)
            {
                Assert.Equal("Hello"u8.ToArray(), LenientBase64.Decode(text).ToArray());
            }
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("S", "")]
    [InlineData("SG", "H")]
    [InlineData("SGU", "He")]
    [InlineData("SGVs", "Hel")]
    [InlineData("SGVsb", "Hel")]
    [InlineData("SGVsbG8", "Hello")]
    [InlineData("SGVsbG8=", "Hello")]
    [InlineData("SGVsbG8==", "Hello")]
    [InlineData("SGVs\r\nbG8=\n", "Hello")]
    [InlineData("SGVsbG8=SGVsbG8", "Hello")]
    [InlineData("=SGVs", "")]
    public void It_may_be_cut_padded_too_much_or_go_on_behind_its_end(string text, string decoded) => Assert.Equal(Encoding.UTF8.GetBytes(decoded), Decode(text));

    [Fact]
    public void All_lengths_come_out_as_they_went_in_with_padding_or_without_in_both_alphabets()
    {
        var random = new Random(12);

        for (var length = 0; length < 100; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);
            var text = Convert.ToBase64String(data);

            Assert.Equal(data, Decode(text));
            Assert.Equal(data, Decode(text.TrimEnd('=')));
            Assert.Equal(data, Decode(text.Replace('+', '-').Replace('/', '_')));
            Assert.Equal(data, Decode(string.Join('\n', text.Chunk(4).Select(static group => new string(group))) + '*'));
        }
    }

    private static byte[] Decode(string text) => LenientBase64.Decode(Encoding.ASCII.GetBytes(text)).ToArray();
}
