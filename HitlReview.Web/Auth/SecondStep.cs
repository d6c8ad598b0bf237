using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>What is asked of a browser whose person has given the right password.</summary>
/// <param name="OptionsJson">For <c>navigator.credentials.get</c>.</param>
/// <param name="State">Comes back with the answer.</param>
sealed record PasskeyQuestion(string OptionsJson, string State);

/// <summary>What became of an answer.</summary>
enum PasskeyAnswer
{
    /// <summary>Signed in.</summary>
    right,

    /// <summary>Not the passkey that was asked for, not a fresh answer, or one after too many wrong ones in a row.</summary>
    wrong,

    /// <summary>The password was given too long ago, or it was used already: start again.</summary>
    ended,
}

/// <summary>
/// The second step of signing in with a password, for those who have a passkey. Until it is taken, no session is open: all that the browser
/// has is a ticket that is good for one sign-in of this person, for <see cref="Life"/>.
/// </summary>
/// <remarks>Whoever signs in with OpenID Connect isn't asked: second factors are their provider's business.</remarks>
sealed partial class SecondStep(
    IPasskeyHandler<HitlUser> handler,
    UserManager<HitlUser> users,
    Passkeys passkeys,
    SignIns signIns,
    WrongPasswords wrong,
    SecurityEvents security,
    IOptions<IdentityOptions> identity,
    IDataProtectionProvider protection,
    TimeProvider clock,
    ILogger<SecondStep> log)
{
    /// <summary>How long after the password the passkey is taken.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>The cookie of the ticket.</summary>
    public const string Cookie = "hitl-passkey";

    const string Page = "/account/passkey";
    const int MaxCredential = 32 * 1024;

    readonly IDataProtector _tickets = protection.CreateProtector("HitlReview.SecondStep.Ticket");
    readonly IDataProtector _questions = protection.CreateProtector("HitlReview.SecondStep.Question");

    /// <summary>Goes on after the right password: signs in, or hands out a ticket for the passkey.</summary>
    /// <returns>Where to go.</returns>
    public async Task<string> AfterPasswordAsync(HttpContext http, HitlUser user, string? returnUrl)
    {
        if (!await passkeys.AreNeededAsync(user.Id, http.RequestAborted))
        {
            await signIns.EnterAsync(http, user, SignInWay.password);
            return ReturnUrls.Local(returnUrl);
        }
        var ticket = new Ticket(Guid.NewGuid(), user.Id, user.SecurityStamp!, clock.GetUtcNow());
        http.Response.Cookies.Append(Cookie, _tickets.Seal(ticket), CookieOf(http, Life));
        return $"{Page}?returnUrl={Uri.EscapeDataString(ReturnUrls.Local(returnUrl))}";
    }

    /// <summary>What to ask the browser; null where it has no ticket that is good.</summary>
    public async Task<PasskeyQuestion?> AskAsync(HttpContext http)
    {
        if (await FindAsync(http) is not var (ticket, user))
            return null;
        var options = await handler.MakeRequestOptionsAsync(user, http);
        return new(options.RequestOptionsJson, _questions.Seal(new Question(ticket.Id, options.AssertionState!)));
    }

    /// <summary>Takes the browser's answer, and signs in if it is right.</summary>
    /// <param name="http">The request.</param>
    /// <param name="state">What came with the question.</param>
    /// <param name="credentialJson">What <c>navigator.credentials.get</c> gave. Hostile text.</param>
    public async Task<PasskeyAnswer> AnswerAsync(HttpContext http, string? state, string? credentialJson)
    {
        if (await FindAsync(http) is not var (ticket, user))
            return PasskeyAnswer.ended;
        var (passkey, fault) = await CheckAsync(http, ticket, state, credentialJson);
        // Whoever gets here knows the password: they are counted apart from strangers, who must not be able to shut them out.
        var lockout = identity.Value.Lockout;
        if (!wrong.Take("passkey of " + user.Id, passkey is not null, lockout.MaxFailedAccessAttempts, lockout.DefaultLockoutTimeSpan))
            return Refuse(http, user, PasskeyAnswer.wrong, "locked", "there were too many wrong ones in a row");
        if (passkey is null)
            return Refuse(http, user, PasskeyAnswer.wrong, "wrong", fault!);
        if (!await passkeys.UseAsync(user.Id, ticket.Stamp, ticket.Since, passkey, http.RequestAborted))
            return Refuse(http, user, PasskeyAnswer.ended, "used", "it was used already");
        http.Response.Cookies.Delete(Cookie, CookieOf(http, null));
        await signIns.EnterAsync(http, user, SignInWay.passkey);
        return PasskeyAnswer.right;
    }

    /// <returns>The passkey; null, and why, if the answer is wrong.</returns>
    async Task<(UserPasskeyInfo? Passkey, string? Fault)> CheckAsync(HttpContext http, Ticket ticket, string? state, string? credentialJson)
    {
        var question = _questions.Open<Question>(state);
        if (question?.Ticket != ticket.Id)
            return (null, "it answers another question");
        if (credentialJson is not { Length: > 0 and <= MaxCredential })
            return (null, "it is empty or too long");
        var result = await handler.PerformAssertionAsync(
            new() { HttpContext = http, CredentialJson = credentialJson, AssertionState = question.State });
        return result.Succeeded ? (result.Passkey, null) : (null, result.Failure.Message);
    }

    async Task<(Ticket, HitlUser)?> FindAsync(HttpContext http)
    {
        var now = clock.GetUtcNow();
        if (_tickets.Open<Ticket>(http.Request.Cookies[Cookie]) is not { } ticket || now - ticket.Since >= Life)
            return null;
        var user = await users.FindByIdAsync(ticket.UserId);
        return user is not null && !user.IsDisabled(now) && user.SecurityStamp == ticket.Stamp ? (ticket, user) : null;
    }

    PasskeyAnswer Refuse(HttpContext http, HitlUser user, PasskeyAnswer answer, string kind, string why)
    {
        security.Report(AuditActions.SignInFailed, ClientAddress.Of(http), user.Id, $"passkey: {kind}");
        Refused(log, user.Id, why);
        return answer;
    }

    static CookieOptions CookieOf(HttpContext http, TimeSpan? life) => new()
    {
        Path = Page,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        MaxAge = life,
        IsEssential = true,
    };

    [LoggerMessage(EventName = "PasskeyRefused", Level = LogLevel.Warning, Message = "A passkey for user {UserId} was refused: {Reason}")]
    static partial void Refused(ILogger log, string userId, string reason);

    /// <summary>That somebody has given the right password.</summary>
    sealed record Ticket(Guid Id, string UserId, string Stamp, DateTimeOffset Since);

    /// <summary>What is expected as the answer, for one ticket.</summary>
    sealed record Question(Guid Ticket, string State);
}
