using HitlReview.Core.Storage;

namespace HitlReview.Core.Accounts;

/// <summary>The roles. Every account has exactly one.</summary>
public static class Roles
{
    /// <summary>Sees and decides what is theirs.</summary>
    public const string Reviewer = "reviewer";

    /// <summary>Moreover sees and cancels the executions of all users.</summary>
    public const string Admin = "admin";

    /// <summary>The ids of all admins, to be asked about in a query of the same context.</summary>
    internal static IQueryable<string> AdminIds(HitlDbContext db) =>
        db.UserRoles.Where(r => db.Roles.Any(role => role.Id == r.RoleId && role.Name == Admin)).Select(r => r.UserId);
}
