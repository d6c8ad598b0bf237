using System.Security.Claims;
using System.Text;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.HostileText;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>Signing in with OpenID Connect. The provider says who someone is; their account here is made at their first sign-in.</summary>
static partial class OidcSignIn
{
    public const string Scheme = "oidc";

    /// <summary>What the sign-in page is told, as <c>failed</c>, where it didn't work.</summary>
    public const string FailedMark = "true";

    const string FailedPage = $"/account/login?failed={FailedMark}";

    /// <summary>What the sign-in page is told where the provider doesn't vouch for the address.</summary>
    public const string Unverified = "unverified";

    const string Email = "email";
    const string EmailVerified = "email_verified";

    public static void AddOidc(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        authentication.Services.AddChecked<OidcOptions>(OidcOptions.Section);
        // A scheme can't be added later, so whether there is one is read here; what it is set to is checked at start.
        if (string.IsNullOrEmpty(configuration[$"{OidcOptions.Section}:Authority"]))
            return;
        authentication.AddOpenIdConnect(Scheme, _ => { });
        authentication.Services.AddSingleton<ProviderChecks>();
        authentication.Services.AddHostedService(provider => provider.GetRequiredService<ProviderChecks>());
        authentication.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<OidcOptions>>((connect, settings) =>
            Configure(connect, settings.Value));
    }

    static void Configure(OpenIdConnectOptions connect, OidcOptions settings)
    {
        connect.Authority = settings.Authority;
        connect.RequireHttpsMetadata = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        connect.ClientId = settings.ClientId;
        connect.ClientSecret = settings.ClientSecret;
        connect.ResponseType = "code";
        // Comes back as a GET, which brings the SameSite=Lax cookies along.
        connect.ResponseMode = "query";
        connect.SignInScheme = IdentityConstants.ApplicationScheme;
        connect.MapInboundClaims = false;
        connect.GetClaimsFromUserInfoEndpoint = true;
        connect.Scope.Add("email");
        foreach (var scope in settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            connect.Scope.Add(scope);
        // For ProviderChecks; they never get into the cookie.
        connect.SaveTokens = true;
        connect.CorrelationCookie.SameSite = connect.NonceCookie.SameSite = SameSiteMode.Lax;
        connect.CorrelationCookie.SecurePolicy = connect.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        connect.ClaimActions.MapJsonKey(EmailVerified, EmailVerified);
        if (settings.RoleClaim.Length > 0)
            connect.ClaimActions.MapJsonKey(settings.RoleClaim, settings.RoleClaim);
        connect.Events = new()
        {
            OnTicketReceived = context => EnterAsync(context, settings),
            OnRemoteFailure = context =>
            {
                Failed(LogOf(context.HttpContext), context.Failure);
                Report(context.HttpContext, null, "failed");
                context.Response.Redirect(FailedPage);
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    static async Task EnterAsync(TicketReceivedContext context, OidcOptions settings)
    {
        var services = context.HttpContext.RequestServices;
        var ct = context.HttpContext.RequestAborted;
        HitlUser? user = null;
        try
        {
            var person = context.Principal!;
            var role = RoleOf(person, settings);
            var subject = person.FindFirstValue("sub") ?? throw new RefusedException(Refusal.Forbidden, "The provider names no subject.");
            var login = new UserLoginInfo(settings.Authority, subject, settings.DisplayName);
            user = await services.GetRequiredService<UserManager<HitlUser>>().FindByLoginAsync(login.LoginProvider, login.ProviderKey);
            if (user is null)
            {
                // Whoever can name any address as theirs must neither get the account that is there nor make the one that its owner finds.
                if (VerifiedEmailOf(person) is not { } email)
                {
                    Refuse(context, user, "address not verified",
                        $"The provider doesn't say that the e-mail address of '{login.ProviderKey}' is verified.", Unverified);
                    return;
                }
                user = await AddOrLinkAsync(services, email, role, login, ct);
            }
            if (user.IsDisabled(services.GetRequiredService<TimeProvider>().GetUtcNow()))
                throw new RefusedException(Refusal.Forbidden, "The account is disabled.");
            if (role is not null)
                await services.GetRequiredService<UserAccounts>().SetRoleAsync(user, role, Surface.Ui, ct);
            context.Properties ??= new();
            var tokens = services.GetRequiredService<ProviderChecks>().Protect(context.Properties);
            context.Principal = await services.GetRequiredService<SignIns>().OpenAsync(context.HttpContext, user, SignInWay.oidc, tokens);
            // Neither the provider's tokens nor its claims are needed in the cookie.
            context.Properties.StoreTokens([]);
            context.Properties.IsPersistent = true;
        }
        catch (RefusedException e)
        {
            Refuse(context, user, "refused", e.Message);
        }
    }

    static void Refuse(TicketReceivedContext context, HitlUser? user, string what, string reason, string failure = FailedMark)
    {
        Refused(LogOf(context.HttpContext), LogText.OneLine(reason));
        Report(context.HttpContext, user, what);
        context.Response.Redirect($"/account/login?failed={failure}");
        context.HandleResponse();
    }

    static void Report(HttpContext context, HitlUser? user, string what) =>
        context.RequestServices.GetRequiredService<SecurityEvents>()
            .Report(AuditActions.SignInFailed, ClientAddress.Of(context), user?.Id, $"OpenID Connect: {what}");

    /// <returns>The address that the provider vouches for; null where it names none, several, or one that isn't verified.</returns>
    static string? VerifiedEmailOf(ClaimsPrincipal person)
    {
        var named = person.FindAll(Email).Select(claim => claim.Value).Distinct(StringComparer.Ordinal).ToList();
        var verified = person.FindAll(EmailVerified).Select(claim => claim.Value).ToList();
        // The token and the user-info endpoint may each say something; only where they agree it is known which address is verified.
        return named is [var email] && verified.Count > 0
            && verified.TrueForAll(word => word.Equals("true", StringComparison.OrdinalIgnoreCase)) ? email.Trim() : null;
    }

    static async Task<HitlUser> AddOrLinkAsync(
        IServiceProvider services, string email, string? role, UserLoginInfo login, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<UserAccounts>();
        if (await services.GetRequiredService<UserManager<HitlUser>>().FindByEmailAsync(email) is not { } known)
            return await accounts.AddAsync(email, role ?? Roles.Reviewer, login, ct);
        // An address of other characters may be found as this one (the sign for kelvin as the letter K) and still be somebody else's.
        if (!string.Equals(known.Email, email, StringComparison.OrdinalIgnoreCase) || !Ascii.IsValid(email))
            throw new RefusedException(Refusal.Forbidden, "The address only looks like that of an account.");
        await accounts.LinkAsync(known, login, ct);
        return known;
    }

    /// <returns>Null where roles are given here.</returns>
    static string? RoleOf(ClaimsPrincipal person, OidcOptions settings)
    {
        if (settings.RoleClaim.Length == 0)
            return null;
        if (person.HasClaim(settings.RoleClaim, settings.AdminValue))
            return Roles.Admin;
        return settings.ReviewerValue.Length == 0 || person.HasClaim(settings.RoleClaim, settings.ReviewerValue)
            ? Roles.Reviewer
            : throw new RefusedException(
                Refusal.Forbidden, $"The claim '{settings.RoleClaim}' has neither '{settings.AdminValue}' nor '{settings.ReviewerValue}'.");
    }

    static ILogger LogOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OidcSignIn));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in with OpenID Connect failed")]
    static partial void Failed(ILogger log, Exception? cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in with OpenID Connect refused: {Reason}")]
    static partial void Refused(ILogger log, string reason);
}
