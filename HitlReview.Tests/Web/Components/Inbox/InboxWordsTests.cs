using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>What the inbox says about its rows.</summary>
public sealed class InboxWordsTests
{
    [Theory]
    [InlineData(1, "1")]
    [InlineData(19, "19")]
    [InlineData(20, "20+")]
    [InlineData(99, "90+")]
    [InlineData(100, "100+")]
    [InlineData(2_999, "2,000+")]
    [InlineData(int.MaxValue, "2,000,000,000+")]
    public void A_large_number_is_told_roughly(int number, string words) => Assert.Equal(words, InboxWords.About(number));
}
