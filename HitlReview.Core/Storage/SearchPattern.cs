namespace HitlReview.Core.Storage;

/// <summary>What a text is searched for with (<c>LIKE</c>, with a backslash as its escape).</summary>
static class SearchPattern
{
    /// <summary>The pattern of all that contains a text.</summary>
    public static string Of(string text)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
        return $"%{escaped}%";
    }
}
