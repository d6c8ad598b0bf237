using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Net.Http.Headers;

namespace HitlReview.Web.Auth;

/// <summary>The one way in for people, and out: opens a session and gives the browser the cookie that names it, or ends both.</summary>
sealed class SignIns(UserSessions sessions, IUserClaimsPrincipalFactory<HitlUser> principals)
{
    /// <summary>Where the menu signs out.</summary>
    public const string OutAddress = "/account/logout";

    /// <summary>Signs a person in who has shown who they are. The session of the same browser before, whoever's it was, ends.</summary>
    /// <exception cref="RefusedException">Forbidden: the account is gone or disabled.</exception>
    public async Task EnterAsync(HttpContext http, HitlUser user, SignInWay way)
    {
        var principal = await OpenAsync(http, user, way, providerTokens: null);
        await http.SignInAsync(IdentityConstants.ApplicationScheme, principal, new() { IsPersistent = true });
    }

    /// <summary>As <see cref="EnterAsync"/>, where the cookie is given by somebody else.</summary>
    /// <param name="http">The request.</param>
    /// <param name="user">Who signs in.</param>
    /// <param name="way">How.</param>
    /// <param name="providerTokens">For OpenID Connect: what the provider wants to see when it is asked again, protected.</param>
    /// <returns>What the cookie is to say.</returns>
    /// <exception cref="RefusedException">Forbidden: the account is gone or disabled.</exception>
    public async Task<ClaimsPrincipal> OpenAsync(HttpContext http, HitlUser user, SignInWay way, string? providerTokens)
    {
        // Not http.User: where the provider's answer comes in, nobody has looked at the cookie yet.
        var former = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        var session = await sessions.OpenAsync(new(user.Id, way, http.Request.Headers[HeaderNames.UserAgent].ToString())
        {
            Stamp = user.SecurityStamp,
            ProviderTokens = providerTokens,
            Replaces = former.Principal?.FindFirstValue(Callers.Session),
        }, http.RequestAborted);
        var principal = await principals.CreateAsync(user);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new(Callers.Session, session.Id));
        return principal;
    }

    /// <summary>
    /// Signs the person of this request out: the session ends, so that a copy of the cookie is of no use, and the browser forgets what it
    /// kept for them.
    /// </summary>
    public async Task LeaveAsync(HttpContext http)
    {
        await sessions.SignOutAsync(Callers.CallerOf(http.User, Surface.Ui), http.RequestAborted);
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
    }
}
