using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Web.Settings;
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
    const string EmailVerified = "email_verified";

    public static void AddOidc(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        authentication.Services.AddValidated<OidcOptions>(OidcOptions.Section, options => options.Faults());
        // A scheme can't be added later, so whether there is one is read here; what it is set to is checked at start.
        if (string.IsNullOrEmpty(configuration[$"{OidcOptions.Section}:Authority"]))
            return;
        authentication.AddOpenIdConnect(Scheme, _ => { });
        authentication.Services.AddSingleton<ProviderChecks>();
        authentication.Services.AddHostedService(provider => provider.GetRequiredService<ProviderChecks>());
        authentication.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<OidcOptions>>((connect, settings) => Configure(connect, settings.Value));
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
        try
        {
            var user = await FindOrAddAsync(services, context.Principal!, settings, ct);
            if (user.IsDisabled(services.GetRequiredService<TimeProvider>().GetUtcNow()))
                throw new RefusedException(Refusal.Forbidden, "The account is disabled.");
            context.Properties ??= new();
            var tokens = services.GetRequiredService<ProviderChecks>().Protect(context.Properties);
            context.Principal = await services.GetRequiredService<SignIns>().OpenAsync(context.HttpContext, user, SignInWay.oidc, tokens);
            // Neither the provider's tokens nor its claims are needed in the cookie.
            context.Properties.StoreTokens([]);
            context.Properties.IsPersistent = true;
        }
        catch (RefusedException e)
        {
            Refused(LogOf(context.HttpContext), e.Message);
            context.Response.Redirect(FailedPage);
            context.HandleResponse();
        }
    }

    static async Task<HitlUser> FindOrAddAsync(IServiceProvider services, ClaimsPrincipal person, OidcOptions settings, CancellationToken ct)
    {
        var users = services.GetRequiredService<UserManager<HitlUser>>();
        var accounts = services.GetRequiredService<UserAccounts>();
        var subject = person.FindFirstValue("sub") ?? throw new RefusedException(Refusal.Forbidden, "The provider names no subject.");
        var role = RoleOf(person, settings);
        var login = new UserLoginInfo(settings.Authority, subject, settings.DisplayName);
        if (await users.FindByLoginAsync(login.LoginProvider, login.ProviderKey) is not { } user)
        {
            var email = person.FindFirstValue("email") ?? throw new RefusedException(Refusal.Forbidden, "The provider names no e-mail address.");
            if (await users.FindByEmailAsync(email) is not { } known)
                return await accounts.AddAsync(email, role ?? Roles.Reviewer, login, ct);
            // Whoever can name any address as theirs must not get another's account by it.
            if (!string.Equals(person.FindFirstValue(EmailVerified), "true", StringComparison.OrdinalIgnoreCase))
                throw new RefusedException(Refusal.Forbidden, $"There is an account for '{email}' already, and the provider doesn't say that the address is verified.");
            await accounts.LinkAsync(known, login, ct);
            user = known;
        }
        if (role is not null)
            await accounts.SetRoleAsync(user, role, Surface.Ui, ct);
        return user;
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
            : throw new RefusedException(Refusal.Forbidden, $"The claim '{settings.RoleClaim}' has neither '{settings.AdminValue}' nor '{settings.ReviewerValue}'.");
    }

    static ILogger LogOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OidcSignIn));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in with OpenID Connect failed")]
    static partial void Failed(ILogger log, Exception? cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in with OpenID Connect refused: {Reason}")]
    static partial void Refused(ILogger log, string reason);
}
