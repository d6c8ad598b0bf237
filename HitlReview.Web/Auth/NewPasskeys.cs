using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Web.Auth;

/// <summary>
/// Lets people add passkeys and remove them, each with their password (<see cref="CurrentPassword"/>).
/// </summary>
sealed partial class NewPasskeys(
    IPasskeyHandler<HitlUser> handler,
    UserManager<HitlUser> users,
    CurrentPassword currentPassword,
    Passkeys passkeys,
    IDataProtectionProvider protection,
    TimeProvider clock,
    ILogger<NewPasskeys> log)
{
    /// <summary>How long a page to add one is good for.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    const int MaxCredential = 128 * 1024;

    readonly IDataProtector _questions = protection.CreateProtector("HitlReview.NewPasskeys");

    /// <summary>
    /// What to ask the browser; null for somebody who has no password: they sign in elsewhere, where no passkey of ours is asked for.
    /// </summary>
    public async Task<PasskeyQuestion?> AskAsync(HttpContext http, Caller caller)
    {
        if (await users.FindByIdAsync(caller.UserId) is not { PasswordHash: not null, Email: { } email } user)
            return null;
        var options = await handler.MakeCreationOptionsAsync(new() { Id = user.Id, Name = email, DisplayName = email }, http);
        var question = new Question(caller.SessionId ?? "", clock.GetUtcNow(), options.AttestationState!);
        return new(options.CreationOptionsJson, _questions.Seal(question));
    }

    /// <summary>Looks whether the name and the password will do, before the device makes a passkey.</summary>
    /// <exception cref="RefusedException">As <see cref="UserAccounts.RequireCurrentAsync"/>. Invalid: the name.</exception>
    public Task MayAddAsync(HttpContext http, Caller caller, string name, string password)
    {
        Passkeys.NameOf(name);
        return RequirePasswordAsync(http, caller, password);
    }

    /// <summary>Takes the browser's answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">Whose passkey it is to be.</param>
    /// <param name="name">What they call it.</param>
    /// <param name="password">Their password.</param>
    /// <param name="state">What came with the question.</param>
    /// <param name="credentialJson">What <c>navigator.credentials.create</c> gave. Hostile text.</param>
    /// <exception cref="RefusedException">
    /// Invalid: the answer is not that to our question. As <see cref="UserAccounts.RequireCurrentAsync"/> and
    /// <see cref="Passkeys.AddAsync"/>.
    /// </exception>
    public async Task AddAsync(HttpContext http, Caller caller, string name, string password, string? state, string? credentialJson)
    {
        name = Passkeys.NameOf(name);
        await RequirePasswordAsync(http, caller, password);
        var question = _questions.Open<Question>(state);
        if (question is null || question.SessionId != caller.SessionId || clock.GetUtcNow() - question.Since >= Life)
            throw new RefusedException(Refusal.Invalid, Texts.PasskeysTooLate);
        if (credentialJson is not { Length: > 0 and <= MaxCredential })
            throw new RefusedException(Refusal.Invalid, Texts.PasskeysNotAccepted);
        var result = await handler.PerformAttestationAsync(
            new() { HttpContext = http, CredentialJson = credentialJson, AttestationState = question.State });
        if (!result.Succeeded || result.UserEntity.Id != caller.UserId)
        {
            NotMade(log, caller.UserId, result.Failure?.Message ?? "it was made for somebody else");
            throw new RefusedException(Refusal.Invalid, Texts.PasskeysNotAccepted);
        }
        await passkeys.AddAsync(caller, result.Passkey, name, http.RequestAborted);
    }

    /// <summary>Removes one.</summary>
    /// <exception cref="RefusedException">
    /// As <see cref="UserAccounts.RequireCurrentAsync"/> and <see cref="Passkeys.RemoveAsync(Caller, string, CancellationToken)"/>.
    /// </exception>
    public async Task RemoveAsync(HttpContext http, Caller caller, string id, string password)
    {
        await RequirePasswordAsync(http, caller, password);
        await passkeys.RemoveAsync(caller, id, http.RequestAborted);
    }

    Task RequirePasswordAsync(HttpContext http, Caller caller, string password) =>
        currentPassword.RequireAsync(http, caller, password, "change of the passkeys");

    [LoggerMessage(EventName = "PasskeyNotMade", Level = LogLevel.Warning, Message = "A new passkey of {UserId} was refused: {Reason}")]
    static partial void NotMade(ILogger log, string userId, string reason);

    /// <summary>What is expected as the answer, in one session.</summary>
    sealed record Question(string SessionId, DateTimeOffset Since, string State);
}
