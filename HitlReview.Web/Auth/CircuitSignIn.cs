using HitlReview.Core.Accounts;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HitlReview.Web.Auth;

/// <summary>
/// Binds a page to the sign-in that opened it: it ends with it, and it is never given to another. After a lost connection the browser asks
/// for its page under whatever cookie it has by then, which may be somebody else's.
/// </summary>
sealed class CircuitSignIn(CircuitAuthentication authentication) : CircuitHandler
{
    /// <inheritdoc/>
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) =>
        authentication.FollowAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Before anything is sent over the new connection. Whoever is refused gets nothing of the page, and it is given up.</remarks>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) =>
        PageConnection.Current is { User: var user } && !authentication.Is(user) ? throw Standing.Ended(isKey: false) : Task.CompletedTask;
}
