using System.Text.RegularExpressions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

/// <summary>The table of a review's moves is the one in the documentation, and nobody else writes a review.</summary>
public sealed partial class ReviewMovesTests
{
    [Fact]
    public void The_table_is_the_documented_one()
    {
        var documented = Line().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "review-lifecycle.md")))
            .Select(line => $"{line.Groups[1]} {line.Groups[2]} {line.Groups[3]} {line.Groups[4]}");

        Assert.Equal(
            ReviewMoves.Table.Select(a => $"{a.Move} {a.From?.ToString() ?? "–"} {a.To?.ToString() ?? "–"} {a.Trail}"), documented);
    }

    [Fact]
    public void Every_move_and_state_is_in_the_table()
    {
        Assert.Equal(Enum.GetValues<ReviewMove>(), ReviewMoves.Table.Select(a => a.Move).Distinct().Order());
        Assert.Equal(Enum.GetValues<ReviewState>(), ReviewMoves.Table.Select(a => a.To).OfType<ReviewState>().Distinct().Order());
    }

    [Fact]
    public void No_other_code_writes_a_review()
    {
        var writing = new DirectoryInfo(Path.Combine(Repository.Root, "HitlReview.Core"))
            .EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .Concat(new DirectoryInfo(Path.Combine(Repository.Root, "HitlReview.Web")).EnumerateFiles("*.cs", SearchOption.AllDirectories))
            .Where(file =>
                !file.FullName.Contains("Migrations", StringComparison.Ordinal) && Writes().IsMatch(File.ReadAllText(file.FullName)))
            .Select(file => file.Name);

        Assert.Equal(["ReviewMoves.cs"], writing);
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\w+|–) \| (\w+|–) \| `([a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(
        @"(UPDATE|INSERT INTO|DELETE FROM) reviews\b|\bReviews\.(Add|Update|Remove)|Reviews\b[^;]*\.Execute(Update|Delete)Async")]
    private static partial Regex Writes();
}
