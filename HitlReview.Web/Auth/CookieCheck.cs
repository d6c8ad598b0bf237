using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>
/// Looks now and then (<see cref="SecurityStampValidatorOptions.ValidationInterval"/>) whether the account behind a cookie still stands, and takes over a
/// changed role. ASP.NET Core's own check knows nothing of disabled accounts.
/// </summary>
static class CookieCheck
{
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var interval = services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value.ValidationInterval;
        if (context.Properties.IssuedUtc is { } looked && now - looked < interval)
            return;

        var signIn = services.GetRequiredService<SignInManager<HitlUser>>();
        if (await signIn.ValidateSecurityStampAsync(context.Principal) is { } user && !user.IsDisabled(now))
        {
            context.ReplacePrincipal(await signIn.CreateUserPrincipalAsync(user));
            context.ShouldRenew = true;
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }
}
