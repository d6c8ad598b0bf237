using HitlReview.Core.Accounts;
using HitlReview.Core.Storage;
using HitlReview.Web.Api;
using HitlReview.Web.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>Who may come in, and how: cookie for people, key for programs.</summary>
static class AuthServices
{
    const string CookieOrKey = "CookieOrKey";

    /// <summary>Adds accounts and all that the command line needs of them; no web.</summary>
    public static IServiceCollection AddHitlAccounts(this IServiceCollection services)
    {
        services.AddValidated<AccountOptions>("Accounts", options => options.Faults());
        services.AddIdentityCore<HitlUser>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // Length is what counts; rules about kinds of characters only make passwords alike.
                identity.Password = new() { RequiredLength = 8, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false };
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
        services.AddSingleton<ApiKeys>();
        return services;
    }

    /// <summary>Adds sign-in for pages and programs, and the rule that everything asks for a user unless it says otherwise.</summary>
    public static void AddHitlAuth(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddHitlAccounts();
        services.AddHttpContextAccessor();
        new IdentityBuilder(typeof(HitlUser), typeof(IdentityRole), services).AddSignInManager();
        // Kept in the database, so that a restart or a second machine signs nobody out.
        services.AddDataProtection().SetApplicationName("HitlReview").PersistKeysToDbContext<HitlDbContext>();

        services.AddAuthentication(CookieOrKey)
            .AddPolicyScheme(CookieOrKey, null, scheme =>
                scheme.ForwardDefaultSelector = context => ApiKeyHandler.HasKey(context.Request) ? ApiKeyHandler.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, ConfigureCookie)
            .AddOidc(builder.Configuration);
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));

        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Roles.Admin, policy => policy.RequireRole(Roles.Admin));
        services.AddCascadingAuthenticationState();
        services.AddSingleton<SignIns>();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
        services.AddAnonymousLimits();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<SecurityEvents>();
        services.AddHostedService(provider => provider.GetRequiredService<SecurityEvents>());
        services.AddSingleton<SetupLink>();
    }

    static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "hitl-session";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/account/login";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events = new()
        {
            OnValidatePrincipal = CookieCheck.ValidateAsync,
            OnRedirectToLogin = context => RedirectPages(context, StatusCodes.Status401Unauthorized),
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
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
