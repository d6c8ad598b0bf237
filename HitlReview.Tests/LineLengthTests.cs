using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>No line of C#, pages, scripts and styles is longer than 140 characters; see docs/style.md.</summary>
public sealed class LineLengthTests
{
    const int Longest = 140;

    [Fact]
    public void No_line_is_too_long() => Assert.Equal([], Sources.All.SelectMany(TooLong));

    [Fact]
    public void A_line_that_is_too_long_is_found_and_data_in_a_raw_string_is_none()
    {
        var (fits, over) = (new string('x', Longest), new string('x', Longest + 1));
        var data = $"var json = \"\"\"\n{over}\n\"\"\";\n{over}";

        Assert.Equal(["a.cs:2"], TooLong(new("a.cs", $"{fits}\n{over}\n{fits}")));
        Assert.Equal(["HitlReview.Tests/a.cs:4"], TooLong(new("HitlReview.Tests/a.cs", data)));
        Assert.Equal(["HitlReview.Core/a.cs:2", "HitlReview.Core/a.cs:4"], TooLong(new("HitlReview.Core/a.cs", data)));
    }

    static IEnumerable<string> TooLong(SourceFile file)
    {
        // A payload or table in a raw string is read as a whole, and often compared to the character.
        var mayHoldData = file.Path.Split('/')[0] is "HitlReview.Tests" or "bench" && file.Path.EndsWith(".cs", StringComparison.Ordinal);
        var isInside = false;
        foreach (var (index, line) in file.Text.Split('\n').Index())
        {
            var quotes = mayHoldData ? line.Split("\"\"\"").Length - 1 : 0;
            if (line.Length > Longest && !isInside && quotes == 0)
                yield return $"{file.Path}:{index + 1}";
            isInside ^= quotes % 2 == 1;
        }
    }
}
