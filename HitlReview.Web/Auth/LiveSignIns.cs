using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Auth;

/// <summary>Looks whether a sign-in that outlives its request, behind an open page or connection, still stands.</summary>
public sealed class LiveSignIns(UserSessions sessions)
{
    /// <summary>True while the sign-in stands.</summary>
    public async ValueTask<bool> StandsAsync(ClaimsPrincipal user, CancellationToken ct) =>
        (await sessions.LookAsync(Callers.CallerOf(user, Surface.Ui), ct)).End is null;
}
