using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

public sealed class VisibleTests
{
    [Theory]
    [InlineData("one\ntwo", 0, "one two")]
    [InlineData("pay\u200B\u200Bpal", 0, "pay[U+200B ×2]pal")]
    [InlineData("to ann\u202Etxt.exe", 0, "to ann[U+202E]txt.exe")]
    [InlineData("\u05D0", 0, "\u2068\u05D0\u2069")]
    [InlineData("abcdef", 3, "abc…")]
    public void Where_there_is_no_markup_the_marks_stand_in_brackets(string text, int max, string plain) =>
        Assert.Equal(plain, Visible.Plain(text, max));
}
