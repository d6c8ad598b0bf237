namespace HitlReview.Core;

/// <summary>Why a request was refused. Each surface shows it in its own way; REST as a status code.</summary>
public enum Refusal
{
    /// <summary>The input is not JSON, or asks for something that this review does not allow (400).</summary>
    BadRequest,

    /// <summary>The sign-in has ended meanwhile: signed out, disabled, revoked, or of another role now (401).</summary>
    SignedOut,

    /// <summary>This caller's role, or what its key may do, does not allow it (403).</summary>
    Forbidden,

    /// <summary>Unknown, or someone else's: the two are never told apart (404).</summary>
    NotFound,

    /// <summary>The state moved on: already decided differently, ended, consumed, changed (409).</summary>
    Conflict,

    /// <summary>More bytes than are accepted at all (413).</summary>
    TooLarge,

    /// <summary>Well-formed, but a named field is missing, unknown, of a wrong type or out of range (422).</summary>
    Invalid,

    /// <summary>Too many at once, or too many within a time: later it may be granted (429).</summary>
    TooMany,
}

/// <summary>
/// A request was refused, and nothing was changed. The message is meant for the caller and names the field or id at fault.
/// </summary>
/// <param name="refusal">The kind of refusal.</param>
/// <param name="detail">A sentence for the caller; never contains what belongs to someone else.</param>
public sealed class RefusedException(Refusal refusal, string detail) : Exception(detail)
{
    /// <summary>The kind of refusal.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>With <see cref="Refusal.TooMany"/>: when asking again makes sense.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
}
