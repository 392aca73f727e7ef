using System.Text.Json;
using Salon.App.Chat;
using Salon.App.NativeChat;
using Salon.App.Texts;

namespace Salon.App.Tests.Fast;

/// <summary>The rules for names and lengths: the cases of <c>tests/text-cases.json</c>, which the pages' tests read too.</summary>
[Trait("Stage", "fast")]
public class TextTests
{
    private static readonly TextCases Cases = JsonSerializer.Deserialize<TextCases>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "text-cases.json")), JsonSerializerOptions.Web)!;

    [Fact]
    public void A_name_is_taken_when_all_of_it_can_be_seen_and_is_composed()
    {
        Assert.True(Cases.Names.Count > 80);

        Assert.Multiple([.. Cases.Names.Select(each => (Action)(() =>
        {
            var isFine = ChatName.TryParse(each.Name, ChatLimits.UsernameLength, out var name);
            Assert.True(isFine == (each.Problem is null), $"{Show(each.Name)} is {(isFine ? "taken" : "refused")}");
            Assert.True(!isFine || name == (each.Tidy ?? each.Name), $"{Show(each.Name)} became {Show(name)}");
        }))]);
    }

    [Fact]
    public void Names_that_look_the_same_are_one()
    {
        Assert.Multiple([.. Cases.Same.Select(pair => (Action)(() =>
            Assert.True(ChatName.ToKey(pair[0]) == ChatName.ToKey(pair[1]), $"{Show(pair[0])}: {Show(ChatName.ToKey(pair[0]))}, {Show(ChatName.ToKey(pair[1]))}")))]);
        Assert.All(Cases.Apart, static pair => Assert.NotEqual(ChatName.ToKey(pair[0]), ChatName.ToKey(pair[1])));
    }

    [Fact]
    public void Characters_are_counted_as_people_count() =>
        Assert.Multiple([.. Cases.Lengths.Select(each => (Action)(() => Assert.Equal((Show(each[0].GetString()!), each[1].GetInt32()), (Show(each[0].GetString()!), Characters.Count(each[0].GetString()!)))))]);

    [Fact]
    public void A_message_is_bounded_in_characters_and_bytes_and_marks() => Assert.Multiple([.. Cases.Messages.Select(each => (Action)(() =>
        Assert.True(
            Enum.Parse<TextProblem>(each.Problem ?? "None", ignoreCase: true) == MessageText.Parse(string.Concat(Enumerable.Repeat(each.Text, each.Times)), ChatLimits.MessageLength, out _),
            $"{each.Times} times {Show(each.Text)} is not {each.Problem ?? "taken"}")))]);

    [Fact]
    public void Half_an_emoji_is_no_text_and_no_name()
    {
        // Not as data of a theory, which are kept as UTF-8.
        foreach (var text in new[] { "\ud83d", "a\udc4d", "\udc4d\ud83d" })
        {
            Assert.Equal(TextProblem.Invalid, MessageText.Parse(text + "b", 10, out _));
            Assert.False(ChatName.TryParse(text, 10, out _));
        }
    }

    [Fact]
    public void Every_character_is_composed_and_taken_apart_as_the_data_say()
    {
        foreach (var (composed, parts) in UnicodeData.Instance.Canonical)
        {
            var apart = string.Concat(parts.Select(char.ConvertFromUtf32));
            Assert.Equal(Normalization.Compose(char.ConvertFromUtf32(composed)), Normalization.Compose(apart));
            Assert.Equal(Normalization.DecomposeCompatibly(char.ConvertFromUtf32(composed)), Normalization.DecomposeCompatibly(apart));
        }
    }

    [Theory]
    [InlineData("""{"type":"message","id":"7","text":"\ud83d"}""", "7")]
    [InlineData("""{"text":"\ud83d","id":"7","type":"message"} """, "7")]
    [InlineData("""{"type":"message","id":"7","text":5}""", "7")]
    [InlineData("""{"type":"message","id":"7","\ud83d":1,"text":"\ud83d"}""", "7")]
    [InlineData("""{"type":"message","id":"\ud83d","text":"x"}""", null)]
    [InlineData("""{"type":"message","id":7,"text":"x"}""", null)]
    [InlineData("""{"Type":"message","\u0049D":"7","\ud83dx":1,"text":"\ud83d"}""", "7")]
    [InlineData("""{"type":"message","id":"6","id":"7","text":"\ud83d"}""", "7")]
    [InlineData("""{"type":"join","id":"7","name":"\ud83d"}""", null)]
    [InlineData("""{"type":"\ud83d","id":"7"}""", null)]
    [InlineData("""["message","7"]""", null)]
    [InlineData("""{"type":"message","id":"7","text":""", null)]
    [InlineData("", null)]
    public void Which_message_a_frame_is_can_be_told_though_its_text_cannot_be_read(string frame, string? id) =>
        Assert.Equal(id, UnreadableFrame.FindId(System.Text.Encoding.UTF8.GetBytes(frame)));

    private static string Show(string text) => string.Join(' ', text.Take(40).Select(static unit => unit is > ' ' and <= '~' ? $"{unit}" : $"{(int)unit:X4}"));

    private sealed record TextCases(IReadOnlyList<NameCase> Names, string[][] Same, string[][] Apart, JsonElement[][] Lengths, IReadOnlyList<MessageCase> Messages);

    private sealed record NameCase(string Name, string? Problem, string? Tidy);

    private sealed record MessageCase(string Text, int Times, string? Problem);
}
