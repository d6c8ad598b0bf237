using HitlReview.Core.Accounts;

namespace HitlReview.Web.Components.Inbox;

/// <summary>A view of the inbox to come back to.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">What the person calls it.</param>
public sealed record SavedView(string Address, string Name)
{
    /// <summary>The longest name, in UTF-16 code units.</summary>
    public const int MaxName = 60;

    /// <summary>The views that a person has saved, in their order.</summary>
    public static IReadOnlyList<SavedView> Of(UserPreferences preferences) =>
        [.. (preferences.SavedViews ?? "").Split('\n').Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2)
            .Select(parts => new SavedView(parts[0], parts[1]))];

    /// <summary>How views are kept.</summary>
    public static string? Kept(IReadOnlyCollection<SavedView> views) =>
        views.Count == 0 ? null : string.Join('\n', views.Select(view => $"{view.Address} {view.Name}"));
}
