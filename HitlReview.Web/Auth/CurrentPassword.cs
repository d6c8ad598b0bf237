using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Web.Auth;

/// <summary>
/// Asks a person who is signed in for their password again, before what opens their account changes: an open page isn't enough to shut its
/// owner out, or to leave a way in behind that outlasts the sign-in. A wrong one is reported.
/// </summary>
sealed class CurrentPassword(UserManager<HitlUser> users, UserAccounts accounts, SecurityEvents security)
{
    /// <summary>True if the person has a password. Who signs in elsewhere has none here to be asked for.</summary>
    public async Task<bool> ExistsAsync(Caller caller) => await users.FindByIdAsync(caller.UserId) is { PasswordHash: not null };

    /// <summary>Lets pass whoever gives their password.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">A person.</param>
    /// <param name="password">What they say it is.</param>
    /// <param name="change">What they are about to do, for the log and the trail.</param>
    /// <exception cref="RefusedException">Invalid: there is none. As <see cref="UserAccounts.RequireCurrentAsync"/>.</exception>
    // An empty one is no attempt: it counts for nothing.
    public Task RequireAsync(HttpContext http, Caller caller, string? password, string change) => string.IsNullOrEmpty(password)
        ? throw new RefusedException(Refusal.Invalid, Texts.PasswordCurrentMissing)
        : ReportedAsync(http, caller, change, source => accounts.RequireCurrentAsync(caller, password, source, http.RequestAborted));

    /// <summary>Does what asks for the password by itself, and reports a wrong one.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">A person.</param>
    /// <param name="change">What they are about to do, for the log and the trail.</param>
    /// <param name="act">What is done; it is given the address that the request comes from.</param>
    /// <exception cref="RefusedException">As the act.</exception>
    public async Task<HitlUser> ReportedAsync(HttpContext http, Caller caller, string change, Func<string, Task<HitlUser>> act)
    {
        var source = ClientAddress.Of(http);
        try
        {
            return await act(source);
        }
        catch (RefusedException e) when (e.Message == UserAccounts.WrongCurrent)
        {
            security.Report(AuditActions.SignInFailed, source, caller.UserId, $"{change}: wrong");
            throw;
        }
    }
}
