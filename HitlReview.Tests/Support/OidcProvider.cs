using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HitlReview.Tests.Support;

/// <summary>An OpenID Connect provider on this machine. It lets everyone in as whoever the test has said, without asking.</summary>
public sealed class OidcProvider : IAsyncDisposable
{
    /// <summary>The client that it knows.</summary>
    public const string ClientId = "hitlreview";

    /// <summary>Its secret.</summary>
    public const string ClientSecret = "a secret between the two";

    readonly ConcurrentDictionary<string, byte> _refreshTokens = [];
    readonly RSA _rsa = RSA.Create(2048);
    readonly ConcurrentDictionary<string, string> _nonces = [];
    readonly WebApplication _app;

    OidcProvider(WebApplication app) => _app = app;

    /// <summary>Its address.</summary>
    public string Authority => _app.Urls.Single();

    /// <summary>The claims about who signs in.</summary>
    public Dictionary<string, object> Claims { get; } = [];

    /// <summary>True to give refresh tokens, each of which counts once.</summary>
    public bool Refreshes { get; set; }

    /// <summary>True once it no longer vouches for anybody.</summary>
    public bool Refuses { get; set; }

    /// <summary>True while it answers nothing of use.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it was asked about somebody who was in already.</summary>
    public int Asked { get; private set; }

    /// <summary>Starts one.</summary>
    public static async Task<OidcProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var provider = new OidcProvider(builder.Build());
        provider.Map();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    void Map()
    {
        var key = new RsaSecurityKey(_rsa) { KeyId = "one" };
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = Authority,
            ["authorization_endpoint"] = Authority + "/authorize",
            ["token_endpoint"] = Authority + "/token",
            ["jwks_uri"] = Authority + "/jwks",
            ["userinfo_endpoint"] = Authority + "/userinfo",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        _app.MapGet("/jwks", () =>
        {
            var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_rsa.ExportParameters(false)) { KeyId = key.KeyId });
            return Results.Json(
                new { keys = new[] { new { kty = jwk.Kty, n = jwk.N, e = jwk.E, kid = key.KeyId, use = "sig", alg = "RS256" } } });
        });
        _app.MapGet("/authorize", (HttpRequest request) =>
        {
            var code = Guid.NewGuid().ToString("N");
            _nonces[code] = request.Query["nonce"].ToString();
            return Results.Redirect(
                $"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"].ToString())}");
        });
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (form["grant_type"] == "refresh_token")
                return Refresh(form["refresh_token"].ToString());
            if (form["client_secret"] != ClientSecret || !_nonces.TryRemove(form["code"].ToString(), out var nonce))
                return Results.Unauthorized();
            var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Authority,
                Audience = ClientId,
                Expires = DateTime.UtcNow.AddMinutes(5),
                Claims = new Dictionary<string, object>(Claims) { ["nonce"] = nonce },
                SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
            });
            return Results.Json(new
            {
                access_token = AccessToken,
                token_type = "Bearer",
                expires_in = 3600,
                id_token = token,
                refresh_token = NextRefreshToken(),
            });
        });
        _app.MapGet("/userinfo", (HttpRequest request) =>
        {
            // The sign-in itself asks too.
            if (request.Headers.Authorization == $"Bearer {AccessToken}" && !Refuses && !IsDown)
                return Results.Json(Claims);
            return IsDown ? Results.StatusCode(503) : Results.Unauthorized();
        });
    }

    const string AccessToken = "of use at the userinfo address only";

    string? NextRefreshToken()
    {
        if (!Refreshes)
            return null;
        var token = Guid.NewGuid().ToString("N");
        _refreshTokens[token] = 0;
        return token;
    }

    IResult Refresh(string token)
    {
        Asked++;
        if (IsDown)
            return Results.StatusCode(503);
        return Refuses || !_refreshTokens.TryRemove(token, out _)
            ? Results.Json(new { error = "invalid_grant" }, statusCode: 400)
            : Results.Json(new { access_token = AccessToken, token_type = "Bearer", refresh_token = NextRefreshToken() });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }
}
