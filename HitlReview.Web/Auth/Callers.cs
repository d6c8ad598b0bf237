using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Auth;

/// <summary>From the signed-in principal to what Core asks for.</summary>
public static class Callers
{
    /// <summary>The caller behind a principal, signed in by cookie or key alike.</summary>
    /// <exception cref="RefusedException">Forbidden: nobody is signed in. Endpoints and pages ask for a user, so this means a sign-in that ended under an open page.</exception>
    public static Caller CallerOf(ClaimsPrincipal user, Surface surface) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id && user.Identity is { IsAuthenticated: true }
            ? new(id, user.IsInRole(Roles.Admin), surface)
            : throw new RefusedException(Refusal.Forbidden, "You are signed out. Sign in again.");
}
