using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace HitlReview.Web.Auth;

/// <summary>
/// Asks the OpenID Connect provider again whether it still vouches for a session, as long as the session is in use: with the refresh token,
/// or at the userinfo address where there is none. A refusal ends the session; a provider that gives no answer doesn't, for a time.
/// </summary>
sealed partial class ProviderChecks(
    UserSessions sessions,
    LiveSignIns signIns,
    IOptions<OidcOptions> options,
    IOptionsMonitor<OpenIdConnectOptions> connect,
    IDataProtectionProvider protection,
    Store store,
    TimeProvider clock,
    ILogger<ProviderChecks> log) : BackgroundService
{
    const int MaxKept = 10_000;
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_tryAgain = TimeSpan.FromMinutes(1);
    static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(15);

    readonly ConcurrentDictionary<string, byte> _asking = new(StringComparer.Ordinal);

    // Those of whom the provider isn't asked again for a moment.
    readonly MemoryCache _notYet = Caches.Make(clock, MaxKept);

    // What the provider gave last, until it is written: what the row has may be of no more use.
    readonly MemoryCache _newest = Caches.Make(clock, MaxKept);

    IDataProtector Protector => protection.CreateProtector("HitlReview.ProviderTokens");

    /// <summary>What of the provider's answer is kept with the session, protected; null where it would be of no use.</summary>
    public string? Protect(AuthenticationProperties answer)
    {
        var tokens = new Tokens(
            answer.GetTokenValue("refresh_token"), answer.GetTokenValue("access_token"), answer.GetTokenValue("expires_at"));
        return options.Value.RecheckEvery == TimeSpan.Zero || tokens is { Refresh: null, Access: null }
            ? null
            : Protector.Protect(JsonSerializer.Serialize(tokens));
    }

    /// <summary>
    /// Asks the provider about a session if it is time to. Whoever begins, finishes: a refresh token may count only once.
    /// </summary>
    /// <returns>True if it was asked, and the session may have ended.</returns>
    public async Task<bool> CheckAsync(UserSession session, CancellationToken ct)
    {
        if (!IsDue(session) || _notYet.TryGetValue(session.Id, out _))
            return false;
        // Who comes while one asks goes on, as they would have a moment ago.
        if (!_asking.TryAdd(session.Id, 0))
            return false;
        try
        {
            // It may have been asked since it was read.
            if (await sessions.FindAsync(session.Id, ct) is not { EndedAt: null } now || !IsDue(now))
            {
                _newest.Remove(session.Id);
                return false;
            }
            var tokens = _newest.Get<string>(now.Id) ?? now.ProviderTokens!;
            await AskedAsync(now, tokens, await AskAsync(now.Id, tokens));
            return true;
        }
        finally
        {
            _asking.TryRemove(session.Id, out _);
        }
    }

    bool IsDue(UserSession session) =>
        session is { ProviderTokens: not null, ProviderAskedAt: { } asked } && clock.GetUtcNow() - asked >= options.Value.RecheckEvery;

    async Task AskedAsync(UserSession session, string tokens, Answer answer)
    {
        _notYet.Remove(session.Id);
        if (answer.IsConfirmed)
            await ConfirmAsync(session, answer.Tokens ?? tokens);
        else if (answer.IsRefused || clock.GetUtcNow() - session.ProviderAskedAt > options.Value.RecheckEvery + options.Value.RecheckGrace)
        {
            var name = UserSessions.NameOf(session.Id);
            NoLonger(log, name);
            await sessions.EndAsync(session.Id, SignInEnd.provider, CancellationToken.None);
        }
        else
            NotYet(session);
    }

    void NotYet(UserSession session) => _notYet.Keep(session.Id, true, clock.GetUtcNow() + s_tryAgain);

    async Task ConfirmAsync(UserSession session, string tokens)
    {
        _newest.Keep(session.Id, tokens, session.ExpiresAt);
        try
        {
            await sessions.ConfirmAsync(session.Id, tokens, CancellationToken.None);
            _newest.Remove(session.Id);
        }
        catch (DbException e)
        {
            // The provider vouches for it, and that is what counts.
            NotConfirmed(log, UserSessions.NameOf(session.Id), e);
            NotYet(session);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = options.Value.RecheckEvery;
        if (every == TimeSpan.Zero)
            return;
        await store.WhenServing.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(every < s_lookEvery ? every : s_lookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                var inUse = signIns.Sessions();
                foreach (var session in await sessions.AskedBeforeAsync(clock.GetUtcNow() - every, stoppingToken))
                    if (session.LastSeenAt > session.ProviderAskedAt || inUse.Contains(session.Id))
                        await CheckAsync(session, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                NotChecked(log, e);
            }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _notYet.Dispose();
        _newest.Dispose();
        base.Dispose();
    }

    async Task<Answer> AskAsync(string sessionId, string kept)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        try
        {
            var tokens = JsonSerializer.Deserialize<Tokens>(Protector.Unprotect(kept))!;
            var client = connect.Get(OidcSignIn.Scheme);
            var provider = await client.ConfigurationManager!.GetConfigurationAsync(patience.Token);
            return tokens.Refresh is { } refresh
                ? await RefreshAsync(client, provider, refresh, patience.Token)
                : await UserInfoAsync(client, provider, tokens, patience.Token);
        }
        catch (CryptographicException e)
        {
            // The cookie keys are gone, and with them every cookie.
            NoAnswer(log, UserSessions.NameOf(sessionId), e);
            return Answer.Refused;
        }
        // Whatever it is, it says nothing of the person, and must not end the program.
        catch (Exception e)
        {
            NoAnswer(log, UserSessions.NameOf(sessionId), e);
            return Answer.None;
        }
    }

    async Task<Answer> RefreshAsync(OpenIdConnectOptions client, OpenIdConnectConfiguration provider, string refresh, CancellationToken ct)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refresh,
            ["client_id"] = client.ClientId!,
        };
        if (client.ClientSecret is { Length: > 0 } secret)
            fields["client_secret"] = secret;
        using var form = new FormUrlEncodedContent(fields);
        using var response = await client.Backchannel.PostAsync(new Uri(provider.TokenEndpoint), form, ct);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(ct)) as JsonObject
            ?? throw new JsonException("The answer is no JSON object.");
        if (response.IsSuccessStatusCode)
            return Answer.Confirmed(
                Protector.Protect(
                    JsonSerializer.Serialize(new Tokens(Text(body, "refresh_token") ?? refresh, Text(body, "access_token"), null))));
        // Any other error is about us or about the provider, and says nothing of the person.
        return Text(body, "error") == "invalid_grant"
            ? Answer.Refused
            : throw new HttpRequestException($"The token address answered {(int)response.StatusCode}.");
    }

    async Task<Answer> UserInfoAsync(OpenIdConnectOptions client, OpenIdConnectConfiguration provider, Tokens tokens, CancellationToken ct)
    {
        // An access token that has run out by itself is refused whoever the person is.
        if (string.IsNullOrEmpty(provider.UserInfoEndpoint)
            || (DateTimeOffset.TryParse(tokens.ExpiresAt, CultureInfo.InvariantCulture, out var end) && end <= clock.GetUtcNow()))
            throw new InvalidOperationException("There is nothing to ask with: the provider gave no refresh token.");
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.UserInfoEndpoint)
        {
            Headers = { Authorization = new("Bearer", tokens.Access) },
        };
        using var response = await client.Backchannel.SendAsync(request, ct);
        return response.IsSuccessStatusCode ? Answer.Confirmed(null)
            : response.StatusCode == HttpStatusCode.Unauthorized ? Answer.Refused
            : throw new HttpRequestException($"The userinfo address answered {(int)response.StatusCode}.");
    }

    static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    sealed record Tokens(string? Refresh, string? Access, string? ExpiresAt);

    sealed record Answer(bool IsConfirmed, bool IsRefused, string? Tokens)
    {
        public static Answer None { get; } = new(false, false, null);

        public static Answer Refused { get; } = new(false, true, null);

        public static Answer Confirmed(string? tokens) => new(true, false, tokens);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The provider no longer vouches for session {Session}; it ends")]
    static partial void NoLonger(ILogger log, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider could not be asked about session {Session}")]
    static partial void NoAnswer(ILogger log, string session, Exception cause);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "That the provider vouches for session {Session} could not be written; trying again")]
    static partial void NotConfirmed(ILogger log, string session, Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Which sessions the provider is to be asked about could not be read; trying again")]
    static partial void NotChecked(ILogger log, Exception cause);
}
