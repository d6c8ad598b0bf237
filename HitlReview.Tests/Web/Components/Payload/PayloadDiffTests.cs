using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Tests.Web.Components.Payload;

public sealed class PayloadDiffTests
{
    [Fact]
    public void Only_what_changed_shows_with_what_is_around_it()
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"\"k{i}\":{i}");
        var before = $"{{{string.Join(',', keys)}}}";

        var lines = Diff(before, before.Replace("\"k10\":10", "\"k10\":11", StringComparison.Ordinal));

        Assert.Equal("  \"k10\": 10,", Assert.Single(lines, line => line.Change == LineChange.Removed).Text);
        Assert.Equal("  \"k10\": 11,", Assert.Single(lines, line => line.Change == LineChange.Added).Text);
        Assert.Equal([8, 7], lines.Where(line => line.Folded > 0).Select(line => line.Folded));
        Assert.Equal(6, lines.Count(line => line.Change == LineChange.Kept && line.Folded == 0));
    }

    [Fact]
    public void Another_layout_is_no_change() => Assert.Empty(Diff("""{"a":[1,2]}""", "{ \"a\": [\n1, 2] }"));

    [Fact]
    public void Digits_that_mean_the_same_still_show_as_changed() => Assert.Equal(2, Diff("1.0", "1").Count);

    static IReadOnlyList<DiffLine> Diff(string before, string after) =>
        PayloadDiff.Of(JsonText.Parse(before, "before"), JsonText.Parse(after, "after"));
}
