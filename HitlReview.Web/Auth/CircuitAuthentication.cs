using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace HitlReview.Web.Auth;

/// <summary>Looks now and then whether the sign-in behind an open page still stands.</summary>
sealed class CircuitAuthentication(ILoggerFactory logs, LiveSignIns signIns) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        await signIns.StandsAsync(authenticationState.User, cancellationToken);
}
