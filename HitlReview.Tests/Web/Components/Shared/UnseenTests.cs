using System.Text;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Tests.Web.Components.Shared;

public sealed class UnseenTests
{
    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x000D)]
    [InlineData(0x001B)]
    [InlineData(0x0085)]
    [InlineData(0x00A0)]
    [InlineData(0x00AD)]
    [InlineData(0x034F)]
    [InlineData(0x115F)]
    [InlineData(0x180E)]
    [InlineData(0x200B)]
    [InlineData(0x200D)]
    [InlineData(0x202E)]
    [InlineData(0x2028)]
    [InlineData(0x2066)]
    [InlineData(0x2800)]
    [InlineData(0x3164)]
    [InlineData(0xE000)]
    [InlineData(0xFE0F)]
    [InlineData(0xFEFF)]
    [InlineData(0xE0041)]
    [InlineData(0xE0100)]
    public void What_has_no_ink_is_named(int codePoint)
    {
        var text = $"a{char.ConvertFromUtf32(codePoint)}b";

        Assert.Equal(["a", "", "b"], Unseen.Split(text).Select(piece => piece.Text));
        Assert.Equal([new Rune(codePoint)], Unseen.In(text));
        Assert.NotEqual("", Unseen.Name(new Rune(codePoint)));
    }

    [Theory]
    [InlineData("plain words, and digits 123 {}[]\"\\~")]
    [InlineData("two\nlines\tand a tab")]
    [InlineData("Grüße, 你好, здравствуй, مرحبا, 😀")]
    public void What_shows_by_itself_stays_in_one_piece(string text)
    {
        Assert.Equal([(text, null)], Unseen.Split(text));
        Assert.Empty(Unseen.In(text));
    }

    [Fact]
    public void A_text_is_never_shortened_by_naming_what_is_in_it()
    {
        var text = "\u200Ba\u202E\u202Eb😀\uFEFF";

        Assert.Equal(text, string.Concat(Unseen.Split(text).Select(piece => piece.Unseen?.ToString() ?? piece.Text)));
    }

    [Fact]
    public void A_code_point_is_written_as_people_write_it()
    {
        Assert.Equal("U+202E", Unseen.Code(new Rune(0x202E)));
        Assert.Equal("U+E0041", Unseen.Code(new Rune(0xE0041)));
        Assert.Equal("right-to-left override", Unseen.Name(new Rune(0x202E)));
    }
}
