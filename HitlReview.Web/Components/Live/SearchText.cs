using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Live;

/// <summary>What an address says is searched for.</summary>
static class SearchText
{
    /// <summary>The text, not longer than may be; null where it is none that could be found.</summary>
    public static string? Of(string? text, int max) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal) || !JsonText.IsWellFormed(text)
            ? null : Visible.Start(text, max);
}
