using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>No line of C#, pages, scripts and styles is longer than 140 characters; see docs/style.md.</summary>
public sealed class LineLengthTests
{
    const int Longest = 140;

    [Fact]
    public void No_line_is_too_long() => Assert.Equal([], Sources.All.SelectMany(TooLong));

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
