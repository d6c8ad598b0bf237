using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>Looks now and then whether the sign-in behind an open page still stands: a deleted or disabled account, or a changed password, ends it.</summary>
sealed class CircuitAuthentication(ILoggerFactory logs, IServiceScopeFactory scopes, TimeProvider clock, IOptions<IdentityOptions> identity) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>();
        var user = await users.GetUserAsync(authenticationState.User);
        return user is not null
            && !user.IsDisabled(clock.GetUtcNow())
            && authenticationState.User.FindFirst(identity.Value.ClaimsIdentity.SecurityStampClaimType)?.Value == user.SecurityStamp;
    }
}
