using System.Security.Claims;
using System.Text.Encodings.Web;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>
/// Signs a program in by <c>Authorization: Bearer KEY</c>; at the hub also by <c>?access_token=KEY</c>, because a browser's WebSocket can't
/// send headers.
/// </summary>
sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>True if the request brings a key, good or bad. Then its cookie doesn't count.</summary>
    public static bool HasKey(HttpRequest request) => request.Headers.Authorization.Count > 0 || HubToken(request) is not null;

    /// <summary>The key that the request brings; null if it brings none.</summary>
    public static string? KeyOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : HubToken(request);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } key)
            return HasKey(Request) ? AuthenticateResult.Fail("Only Bearer keys are understood.") : AuthenticateResult.NoResult();
        if (await keys.FindAsync(key, Context.RequestAborted) is not { } owner)
            return AuthenticateResult.Fail("The key is unknown or revoked.");

        var identity = new ClaimsIdentity(Callers.ClaimsOf(owner), SchemeName);
        return AuthenticateResult.Success(new(new(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    static string? HubToken(HttpRequest request) =>
        request.Path.StartsWithSegments("/hubs") && request.Query.TryGetValue("access_token", out var token) ? token.ToString() : null;
}
