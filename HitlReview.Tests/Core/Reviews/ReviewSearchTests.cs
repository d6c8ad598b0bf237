using HitlReview.Core.Reviews;

namespace HitlReview.Tests.Core.Reviews;

/// <summary>What somebody types into the search, read.</summary>
public sealed class ReviewSearchTests
{
    [Fact]
    public void Words_stand_for_themselves_and_quotation_marks_hold_them_together()
    {
        Assert.Equal(["refund", "A-1007"], ReviewSearch.Parse("  refund   A-1007 ").Words);
        Assert.Equal(["order A-1007", "now"], ReviewSearch.Parse("\"order A-1007\" now").Words);
        Assert.Equal(["not yet closed"], ReviewSearch.Parse("\"not yet closed").Words);
        Assert.Empty(ReviewSearch.Parse("").Words);
    }

    [Fact]
    public void Operators_are_taken_out_of_the_words()
    {
        var search = ReviewSearch.Parse(
            """from:"mail agent" block:http graph:refunds host:example.com is:edited has:warning older:2h money""");

        Assert.Equal(["mail agent"], search.From);
        Assert.Equal(["http"], search.Blocks);
        Assert.Equal(["refunds"], search.Graphs);
        Assert.Equal(["example.com"], search.Hosts);
        Assert.Equal(DecidedAs.edited, search.DecidedAs);
        Assert.True(search.HasWarnings);
        Assert.Equal(TimeSpan.FromHours(2), search.OlderThan);
        Assert.Equal(["money"], search.Words);
    }

    [Theory]
    [InlineData("30m", 30), InlineData("1h", 60), InlineData("2d", 2_880), InlineData("1w", 10_080)]
    public void Times_are_numbers_with_a_unit(string value, int minutes)
    {
        Assert.Equal(TimeSpan.FromMinutes(minutes), ReviewSearch.Parse($"older:{value}").OlderThan);
        Assert.Equal(TimeSpan.FromMinutes(minutes), ReviewSearch.Parse($"newer:{value}").NewerThan);
    }

    [Theory]
    [InlineData("https://example.com"), InlineData("older:soon"), InlineData("is:nice"), InlineData("to:ann")]
    [InlineData("a:"), InlineData(":")]
    public void What_is_no_operator_is_a_word(string text) => Assert.Equal([text], ReviewSearch.Parse(text).Words);

    [Fact]
    public void An_operator_without_its_value_narrows_nothing_yet()
    {
        foreach (var name in ReviewSearch.Operators.Keys)
            Assert.Equivalent(new ReviewSearch(), ReviewSearch.Parse($"{name}:"));
    }

    [Fact]
    public void Every_value_that_is_offered_is_understood()
    {
        foreach (var (name, values) in ReviewSearch.Operators)
            foreach (var value in values)
                Assert.Empty(ReviewSearch.Parse($"{name}:{value}").Words);
    }
}
