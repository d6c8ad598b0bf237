using HitlReview.Core.HostileText;

namespace HitlReview.Tests.Core.HostileText;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("MÜLLER", "mu\u0308ller")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ẞ", "ss")]
    [InlineData("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς")]
    [InlineData("\u212B", "å")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("ПРИВЕТ", "привет")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("pay\u00ADm\u200Bent", "payment")]
    [InlineData("\u200B", "\u200B")]
    public void What_reads_the_same_folds_to_the_same(string one, string other) => Assert.Equal(Folding.Of(one), Folding.Of(other));

    [Theory]
    [InlineData("Müller", "Miller")]
    [InlineData("paypal", "pаypal")]
    [InlineData("kapı", "kapi")]
    public void What_reads_otherwise_stays_apart(string one, string other) => Assert.NotEqual(Folding.Of(one), Folding.Of(other));
}
