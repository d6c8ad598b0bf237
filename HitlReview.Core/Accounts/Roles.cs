namespace HitlReview.Core.Accounts;

/// <summary>The roles. Every account has exactly one.</summary>
public static class Roles
{
    /// <summary>Sees and decides what is theirs.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>Moreover sees and cancels the executions of all users.</summary>
    public const string Admin = "admin";
}
