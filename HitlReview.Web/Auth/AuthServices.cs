using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Copilot;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>Who may come in, and how: cookie for people, key for programs.</summary>
static class AuthServices
{
    const string CookieOrKey = "CookieOrKey";

    /// <summary>Adds accounts and all that the command line needs of them; no web.</summary>
    public static IServiceCollection AddHitlAccounts(this IServiceCollection services)
    {
        services.AddChecked<AccountOptions>("Accounts");
        services.AddChecked<UserSessionOptions>("Accounts");
        services.AddIdentityCore<HitlUser>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // Length is what counts; rules about kinds of characters only make passwords alike.
                identity.Password = new()
                {
                    RequiredLength = 8,
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                };
            })
            .AddRoles<IdentityRole>()
            .AddPasswordValidator<PasswordRules>()
            .AddEntityFrameworkStores<HitlDbContext>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordHashing.Iterations);
        services.AddOptions<IdentityOptions>().Configure<IOptions<AccountOptions>>((identity, account) =>
        {
            identity.Lockout.MaxFailedAccessAttempts = account.Value.MaxFailedSignIns;
            identity.Lockout.DefaultLockoutTimeSpan = account.Value.LockoutTime;
        });
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<WrongPasswords>();
        services.AddScoped<UserAccounts>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<People>();
        services.AddHitlStopping().AddHitlChatRuns();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<UserSessions>();
        services.AddSingleton<Passkeys>();
        return services;
    }

    /// <summary>Adds sign-in for pages and programs, and the rule that everything asks for a user unless it says otherwise.</summary>
    public static void AddHitlAuth(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddHitlAccounts();
        services.AddHttpContextAccessor();
        new IdentityBuilder(typeof(HitlUser), typeof(IdentityRole), services).AddSignInManager();
        builder.AddCookieKeys();

        services.AddAuthentication(CookieOrKey)
            .AddPolicyScheme(CookieOrKey, null, scheme =>
                scheme.ForwardDefaultSelector = context =>
                    ApiKeyHandler.HasKey(context.Request) ? ApiKeyHandler.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, ConfigureCookie)
            .AddOidc(builder.Configuration);
        // A cookie outlives no session, and needs no renewing: how long it counts is in the session's row.
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<IOptions<UserSessionOptions>>((cookie, session) => cookie.ExpireTimeSpan = session.Value.SessionMax);

        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Roles.Admin, policy => policy.RequireRole(Roles.Admin));
        services.AddPasskeys();
        services.AddCascadingAuthenticationState();
        services.AddScoped<SignIns>();
        services.AddScoped<SaidOnce>();
        services.AddSingleton<LiveSignIns>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveSignIns>());
        services.AddScoped<CircuitAuthentication>();
        services.AddScoped<AuthenticationStateProvider>(provider => provider.GetRequiredService<CircuitAuthentication>());
        services.AddScoped<CircuitHandler, CircuitSignIn>();
        services.AddHostedService<KeyUseClock>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<SecurityEvents>();
        services.AddHostedService(provider => provider.GetRequiredService<SecurityEvents>());
        services.AddSingleton<SetupLink>();
        services.AddSingleton<DemoLink>();
    }

    static void AddPasskeys(this IServiceCollection services)
    {
        services.AddChecked<PasskeyOptions>("Accounts");
        services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<PasskeyOptions>>((identity, settings) =>
        {
            identity.ServerDomain = settings.Value.PasskeyDomain is { Length: > 0 } domain ? domain : null;
            // The device asks for a finger, a face or its PIN: one that lies about is of no use to a finder.
            identity.UserVerificationRequirement = "required";
        });
        services.AddScoped<SecondStep>();
        services.AddScoped<CurrentPassword>();
        services.AddScoped<NewPasskeys>();
    }

    static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "hitl-session";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.SlidingExpiration = false;
        cookie.LoginPath = "/account/login";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events = new()
        {
            OnValidatePrincipal = CookieCheck.ValidateAsync,
            OnRedirectToLogin = context => RedirectPages(context, StatusCodes.Status401Unauthorized),
            // The framework would send on to whatever the address of the sign-in page names.
            OnRedirectToReturnUrl = context =>
            {
                context.Response.Redirect(ReturnUrls.Local(context.RedirectUri));
                return Task.CompletedTask;
            },
            OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            },
        };
    }

    static Task RedirectPages(RedirectContext<CookieAuthenticationOptions> context, int forPrograms)
    {
        if (context.Request.IsForPrograms())
        {
            context.Response.StatusCode = forPrograms;
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else
        {
            // Whoever signs out, and is out already, wants to go nowhere after signing in again.
            var to = context.Request.Path == SignIns.OutAddress ? context.Options.LoginPath.Value! : context.RedirectUri;
            context.Response.Redirect(
                CookieCheck.WhyEnded(context.HttpContext) is { } why ? QueryHelpers.AddQueryString(to, "ended", why.ToString()) : to);
        }
        return Task.CompletedTask;
    }
}
