namespace HitlReview.Core.Accounts;

/// <summary>How a user's pages behave.</summary>
public sealed class UserPreferences
{
    /// <summary>The longest time for which a decision can be undone, in seconds.</summary>
    public const int MaxUndoSeconds = 120;

    /// <summary>How many reasons to reject with there may be, as many as there are digits to choose them with.</summary>
    public const int MaxReasons = 9;

    /// <summary>The longest reason, in UTF-16 code units.</summary>
    public const int MaxReason = 200;

    /// <summary>How many views can be saved.</summary>
    public const int MaxViews = 20;

    /// <summary>The longest address of a view with its name, in UTF-16 code units.</summary>
    public const int MaxView = 2_000;

    /// <summary>The user.</summary>
    public required string UserId { get; init; }

    /// <summary>For how many seconds a decision can be undone; 0 for not at all.</summary>
    public int UndoSeconds { get; set; } = 5;

    /// <summary>Whether a single key such as <c>a</c> acts; those with Ctrl always do (WCAG 2.1.4).</summary>
    public bool SingleKeys { get; set; } = true;

    /// <summary>Whether the browser shows a notification of the desktop when something new waits and its window isn't seen.</summary>
    public bool Notifies { get; set; }

    /// <summary>Whether something new that waits is heard.</summary>
    public bool Sounds { get; set; }

    /// <summary>Reasons to reject with, one a line; null for those that everybody begins with.</summary>
    public string? RejectReasons { get; set; }

    /// <summary>Views of the inbox to come back to, one a line: the address, a blank, and the name.</summary>
    public string? SavedViews { get; set; }
}
