using System.Security.Claims;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>A sign-in that outlives its request, behind an open page or connection.</summary>
/// <param name="User">Who signed in.</param>
/// <param name="Key">The API key; null for a cookie.</param>
public sealed record SignIn(ClaimsPrincipal User, string? Key)
{
    /// <summary>The sign-in of a request.</summary>
    public static SignIn Of(HttpContext http) => new(http.User, ApiKeyHandler.KeyOf(http.Request));
}

/// <summary>Looks whether a sign-in still stands: a revoked key, a deleted or disabled account, or a changed password ends it.</summary>
public sealed class SignIns(IServiceScopeFactory scopes, ApiKeys keys, TimeProvider clock, IOptions<IdentityOptions> identity)
{
    /// <summary>True while the sign-in stands.</summary>
    public async ValueTask<bool> StandsAsync(SignIn signIn, CancellationToken ct)
    {
        if (signIn.Key is { } key)
            return await keys.FindAsync(key, ct) is not null;
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>();
        var user = await users.GetUserAsync(signIn.User);
        return user is not null
            && !user.IsDisabled(clock.GetUtcNow())
            && signIn.User.FindFirst(identity.Value.ClaimsIdentity.SecurityStampClaimType)?.Value == user.SecurityStamp;
    }
}
