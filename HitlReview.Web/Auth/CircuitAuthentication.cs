using System.Security.Claims;
using HitlReview.Core.Accounts;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components.Authorization;

namespace HitlReview.Web.Auth;

/// <summary>
/// Who an open page belongs to: the sign-in that opened it, as long as that stands. Then to nobody, so that the page shows nothing further
/// and says why; what was typed on it is kept first.
/// </summary>
sealed class CircuitAuthentication(
    LiveSignIns signIns, LastWords lastWords) : AuthenticationStateProvider, IHostEnvironmentAuthenticationStateProvider, IDisposable
{
    // A browser that doesn't answer must not keep the page as it is; one on a slow line or a busy machine must have its say.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    const string WhyClaim = "hitl:ended";

    Task<AuthenticationState>? _state;
    LiveSignIn? _signIn;

    /// <summary>Why the sign-in behind a page ended, as its principal now says; null where it doesn't.</summary>
    public static SignInEnd? WhyEnded(ClaimsPrincipal user) =>
        Enum.TryParse<SignInEnd>(user.FindFirstValue(WhyClaim), out var why) ? why : null;

    /// <inheritdoc/>
    public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
        _state ?? throw new InvalidOperationException("Who is there isn't known yet.");

    /// <inheritdoc/>
    /// <remarks>A page that is connected anew is still the same sign-in's: see <see cref="CircuitSignIn"/>.</remarks>
    public void SetAuthenticationState(Task<AuthenticationState> authenticationStateTask)
    {
        if (_signIn is null)
            Become(authenticationStateTask);
    }

    /// <summary>
    /// Follows the sign-in that has opened the page, until it ends or the page is left. One that has ended already opens it for nobody.
    /// </summary>
    public async Task FollowAsync(CancellationToken ct)
    {
        _signIn = signIns.Follow((await GetAuthenticationStateAsync()).User);
        // The connection may have been made long before, and what comes next is that the page is shown.
        _signIn.Doubt();
        if (await _signIn.StandsAsync(ct))
            _signIn.Ended.Register(() => _ = EndAsync(_signIn.Why!.Value));
        else
            BecomeNobody(_signIn.Why!.Value);
    }

    /// <summary>True if this is the sign-in that the page belongs to.</summary>
    public bool Is(ClaimsPrincipal user) => user.FindFirstValue(Callers.Session) is { } session && _signIn?.Caller.SessionId == session;

    async Task EndAsync(SignInEnd why)
    {
        await lastWords.KeepAsync(s_patience);
        BecomeNobody(why);
    }

    void BecomeNobody(SignInEnd why) =>
        Become(Task.FromResult(new AuthenticationState(new(new ClaimsIdentity([new(WhyClaim, why.ToString())])))));

    void Become(Task<AuthenticationState> state)
    {
        _state = state;
        NotifyAuthenticationStateChanged(state);
    }

    /// <inheritdoc/>
    public void Dispose() => _signIn?.Dispose();
}
