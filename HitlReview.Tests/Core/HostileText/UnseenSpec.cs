using HitlReview.Core.HostileText;

namespace HitlReview.Tests.Core.HostileText;

public sealed class UnseenSpec
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
        var unseen = char.ConvertFromUtf32(codePoint);

        Assert.Equal(
            [new(PieceKind.Plain, "a", 1), new(PieceKind.Unseen, unseen, 1), new(PieceKind.Plain, "b", 1)],
            VisibleText.Split($"a{unseen}b"));
        Assert.NotEqual("", Unseen.Name(codePoint));
    }

    [Theory]
    [InlineData(0x202E, "U+202E", "right-to-left override")]
    [InlineData(0x200B, "U+200B", "zero width space")]
    [InlineData(0xE0041, "U+E0041", "tag character A")]
    [InlineData(0xFE0F, "U+FE0F", "variation selector 16")]
    [InlineData(0x0007, "U+0007", "alert")]
    [InlineData(0x3164, "U+3164", "Hangul filler")]
    [InlineData(0xE000, "U+E000", "private-use character")]
    public void It_is_named_as_Unicode_names_it(int codePoint, string code, string name) =>
        Assert.Equal((code, name), (Unseen.Code(codePoint), Unseen.Name(codePoint)));
}
