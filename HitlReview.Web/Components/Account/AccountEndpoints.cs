using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Web.Api;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Components.Account;

/// <summary>The parts of signing in and out that aren't pages.</summary>
static class AccountEndpoints
{
    /// <summary>Where js/passkeys.js asks for the password before the device makes a passkey, which would lie there unused after a wrong one.</summary>
    public const string PasskeyPassword = "/account/passkeys/password";

    public static void MapAccount(this WebApplication app)
    {
        var account = app.MapGroup("/account").ExcludeFromDescription();
        account.MapPost("/logout", SignOutAsync);
        app.MapPost(PasskeyPassword, CheckPasswordAsync).ExcludeFromDescription().RequireRateLimiting(AnonymousLimits.Policy);
        // A page asks who is there, and so says that somebody is (connection.js): the cookie's session is in use.
        account.MapGet("/seen", (ClaimsPrincipal user) => TypedResults.Text(Callers.MarkOf(user))).AllowAnonymous();
        if (app.Services.GetRequiredService<IOptions<OidcOptions>>().Value.IsOn)
            account.MapGet("/oidc", (string? returnUrl) => TypedResults.Challenge(new() { RedirectUri = ReturnUrls.Local(returnUrl) }, [OidcSignIn.Scheme])).AllowAnonymous();
    }

    static async Task<Results<NoContent, BadRequest, ContentHttpResult>> CheckPasswordAsync(HttpContext context, IAntiforgery antiforgery, NewPasskeys passkeys)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TypedResults.BadRequest();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            await passkeys.MayAddAsync(context, Callers.CallerOf(context.User, Surface.Ui), form["name"].ToString(), form["password"].ToString());
            return TypedResults.NoContent();
        }
        catch (RefusedException e)
        {
            return TypedResults.Text(e.Message, statusCode: Problems.StatusOf(e.Refusal));
        }
    }

    static async Task<Results<RedirectHttpResult, BadRequest>> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SignIns signIns)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TypedResults.BadRequest();
        await signIns.LeaveAsync(context);
        return TypedResults.LocalRedirect("/account/login");
    }
}
