using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Components.Account;

/// <summary>The parts of signing in and out that aren't pages.</summary>
static class AccountEndpoints
{
    /// <summary>
    /// Where js/passkeys.js asks for the password before the device makes a passkey, which would lie there unused after a wrong one.
    /// </summary>
    public const string PasskeyPassword = "/account/passkeys/password";

    /// <summary>After so long a page asks again: what lies between may give up on an answer that doesn't come.</summary>
    static readonly TimeSpan s_wait = TimeSpan.FromSeconds(25);

    public static void MapAccount(this WebApplication app)
    {
        var account = app.MapGroup("/account").ExcludeFromDescription();
        app.MapPost(SignIns.OutAddress, SignOutAsync).ExcludeFromDescription();
        app.MapPost(PasskeyPassword, CheckPasswordAsync).ExcludeFromDescription().RequireRateLimiting(AnonymousLimits.Policy);
        // A page without a circuit waits for the end of its sign-in (connection.js); a page that is only open keeps none alive.
        account.MapGet("/stands", StandsAsync).AllowAnonymous().WithMetadata(new OnlyLooksOn());
        // A page asks who is there, and so says that somebody is (connection.js): the cookie's session is in use.
        account.MapGet("/seen", (ClaimsPrincipal user) => TypedResults.Text(Callers.MarkOf(user))).AllowAnonymous();
        if (app.Services.GetRequiredService<IOptions<OidcOptions>>().Value.IsOn)
            account.MapGet("/oidc", (string? returnUrl) =>
                TypedResults.Challenge(new() { RedirectUri = ReturnUrls.Local(returnUrl) }, [OidcSignIn.Scheme])).AllowAnonymous();
    }

    static async Task<Results<NoContent, BadRequest, ContentHttpResult>> CheckPasswordAsync(
        HttpContext context, IAntiforgery antiforgery, NewPasskeys passkeys)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TypedResults.BadRequest();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            await passkeys.MayAddAsync(
                context, Callers.CallerOf(context.User, Surface.Ui), form["name"].ToString(), form["password"].ToString());
            return TypedResults.NoContent();
        }
        catch (RefusedException e)
        {
            return TypedResults.Text(e.Message, statusCode: Problems.StatusOf(e.Refusal));
        }
    }

    /// <summary>Answers once the sign-in behind a page has ended, or is another person's.</summary>
    /// <returns>Why it ended, if that is known. No content where it stands, and the page asks again.</returns>
    static async Task<Results<NoContent, ContentHttpResult, StatusCodeHttpResult>> StandsAsync(
        HttpContext context, string? person, LiveSignIns signIns, Quotas quotas, TimeProvider clock, IHostApplicationLifetime host)
    {
        if (context.User.Identity is not { IsAuthenticated: true } || Callers.MarkOf(context.User) != person)
            return TypedResults.Text($"{CookieCheck.WhyEnded(context)}");
        using var place = quotas.PlainPages.TryTake(Callers.IdOf(context.User)!);
        if (place is null)
            return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
        using var signIn = signIns.Follow(context.User);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, signIn.Ended, host.ApplicationStopping);
        await Task.Delay(s_wait, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return signIn.Why is { } why ? TypedResults.Text($"{why}") : TypedResults.NoContent();
    }

    static async Task<Results<RedirectHttpResult, BadRequest>> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SignIns signIns)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return TypedResults.BadRequest();
        await signIns.LeaveAsync(context);
        return TypedResults.LocalRedirect("/account/login");
    }
}
