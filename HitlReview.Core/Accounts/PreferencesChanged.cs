using HitlReview.Core.Events;

namespace HitlReview.Core.Accounts;

/// <summary>The user has changed how their pages behave.</summary>
/// <param name="UserId">The user.</param>
public sealed record PreferencesChanged(string UserId) : Change(UserId);
