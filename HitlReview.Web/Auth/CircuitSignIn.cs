using System.Security.Claims;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;

namespace HitlReview.Web.Auth;

/// <summary>
/// Binds a page to the sign-in that opened it: it ends with it, and it is never given to another. After a lost connection the browser asks for
/// its page under whatever cookie it has by then, which may be somebody else's.
/// </summary>
sealed class CircuitSignIn(CircuitAuthentication authentication) : CircuitHandler
{
    /// <inheritdoc/>
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => authentication.FollowAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Before anything is sent over the new connection. Whoever is refused gets nothing of the page, and it is given up.</remarks>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) =>
        Connecting.As is { } user && !authentication.Is(user) ? throw Standing.Ended(isKey: false) : Task.CompletedTask;

    /// <summary>Tells the circuit on whose connection it is called.</summary>
    public sealed class Connecting : IHubFilter
    {
        static readonly AsyncLocal<ClaimsPrincipal?> s_as = new();

        /// <summary>Who calls; null where no connection does.</summary>
        public static ClaimsPrincipal? As => s_as.Value;

        /// <inheritdoc/>
        public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            s_as.Value = invocationContext.Context.User;
            return await next(invocationContext);
        }
    }
}
