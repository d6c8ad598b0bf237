using System.Text;
using HitlReview.Core;
using HitlReview.Core.HostileText;

namespace HitlReview.Tests.Core;

/// <summary>Ids that differ also look different.</summary>
public sealed class IdentifiersTests
{
    [Fact]
    public void No_character_without_ink_is_in_an_id()
    {
        var taken = new List<string>();
        for (var codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
            if (Rune.IsValid(codePoint) && Unseen.Is(codePoint) && Takes($"a{new Rune(codePoint)}b"))
                taken.Add(Unseen.Code(codePoint));

        Assert.Empty(taken);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("Ünïcode/ид-标识-識別")]
    [InlineData("😀")]
    [InlineData("a%2Fb")]
    public void What_can_be_seen_is_taken(string id) => Assert.Equal(id, Identifiers.Check(id, "id"));

    [Theory]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\n")]
    [InlineData(".")]
    [InlineData("\ud800")]
    public void What_would_look_like_another_or_has_no_address_is_not(string id) =>
        Assert.Contains("the id", Assert.Throws<RefusedException>(() => Identifiers.Check(id, "the id")).Message, StringComparison.Ordinal);

    static bool Takes(string id)
    {
        try
        {
            Identifiers.Check(id, "id");
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }
}
