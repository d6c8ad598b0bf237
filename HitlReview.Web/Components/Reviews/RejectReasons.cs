using HitlReview.Core.Accounts;

namespace HitlReview.Web.Components.Reviews;

/// <summary>The reasons that a person rejects with by one more key.</summary>
static class RejectReasons
{
    /// <summary>Those of a person, in their order; those that everybody begins with where they have chosen none.</summary>
    public static IReadOnlyList<string> Of(UserPreferences preferences) =>
        [.. (preferences.RejectReasons ?? Texts.RejectReasonsFirst).Split('\n').Where(reason => !string.IsNullOrWhiteSpace(reason))];
}
