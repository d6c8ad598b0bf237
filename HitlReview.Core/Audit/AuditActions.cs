namespace HitlReview.Core.Audit;

/// <summary>The names of all that the audit trail records.</summary>
public static class AuditActions
{
    /// <summary>A review was asked for.</summary>
    public const string ReviewRequested = "review.requested";

    /// <summary>A review was asked for and a standing approval answered it.</summary>
    public const string ReviewAutoApproved = "review.auto_approved";

    /// <summary>A person approved.</summary>
    public const string ReviewApproved = "review.approved";

    /// <summary>A person rejected.</summary>
    public const string ReviewRejected = "review.rejected";

    /// <summary>A person decided, and can still undo it; the detail says how.</summary>
    public const string DecisionScheduled = "decision.scheduled";

    /// <summary>A person undid a decision in time.</summary>
    public const string DecisionWithdrawn = "decision.withdrawn";

    /// <summary>A decision could not be carried out when its time to be undone was over; the detail says why.</summary>
    public const string DecisionTooLate = "decision.too_late";

    /// <summary>A stop, a failure or an admin's cancel ended a review that nobody had used.</summary>
    public const string ReviewCancelled = "review.cancelled";

    /// <summary>An agent took up an approval, or an execution claimed it before running its action.</summary>
    public const string ReviewConsumed = "review.consumed";

    /// <summary>The record of a used review was deleted.</summary>
    public const string ReviewDeleted = "review.deleted";

    /// <summary>A person wrote a note about a review; the detail is the note.</summary>
    public const string ReviewNoted = "review.noted";

    /// <summary>A standing approval was given.</summary>
    public const string AutoApprovalGiven = "auto_approval.given";

    /// <summary>A standing approval was revoked; or, where a review is named, that which its held decision would have given.</summary>
    public const string AutoApprovalRevoked = "auto_approval.revoked";

    /// <summary>A chat always asks from now on; the detail is the block, none for all.</summary>
    public const string AskRuleSet = "ask_rule.set";

    /// <summary>A chat no longer asks where a block needs no approval; the detail is the block, none for all.</summary>
    public const string AskRuleEnded = "ask_rule.ended";

    /// <summary>A graph was stored.</summary>
    public const string GraphStored = "graph.stored";

    /// <summary>An execution was started.</summary>
    public const string ExecutionStarted = "execution.started";

    /// <summary>The status of an execution changed; the detail says to what.</summary>
    public const string ExecutionMoved = "execution.moved";

    /// <summary>A sensitive action was claimed: it starts now, and never again.</summary>
    public const string ActionClaimed = "action.claimed";

    /// <summary>A sensitive action ended; the detail says how.</summary>
    public const string ActionEnded = "action.ended";

    /// <summary>The process died during a sensitive action.</summary>
    public const string OutcomeUnknown = "action.outcome_unknown";

    /// <summary>A person settled an unknown outcome; the detail says how.</summary>
    public const string OutcomeSettled = "action.outcome_settled";

    /// <summary>A chat was opened.</summary>
    public const string SessionOpened = "copilot.session_opened";

    /// <summary>A chat was deleted, with all that stood in it.</summary>
    public const string SessionDeleted = "copilot.session_deleted";

    /// <summary>The assistant began to answer in a chat; the detail is the turn.</summary>
    public const string TurnStarted = "copilot.turn_started";

    /// <summary>An account was made.</summary>
    public const string UserAdded = "user.added";

    /// <summary>A user changed their password.</summary>
    public const string PasswordChanged = "user.password_changed";

    /// <summary>An account can be entered with OpenID Connect from now on; the detail names the provider.</summary>
    public const string LoginLinked = "user.login_linked";

    /// <summary>The role of an account changed; the detail says to what.</summary>
    public const string RoleChanged = "user.role_changed";

    /// <summary>Someone signed in; the detail names the session and how.</summary>
    public const string SignInOpened = "session.opened";

    /// <summary>A sign-in ended; the detail names the session and why (<see cref="Accounts.SignInEnd"/>).</summary>
    public const string SignInEnded = "session.ended";

    /// <summary>A user can't sign in with a password alone from now on, but needs a passkey too; the detail is what they call it.</summary>
    public const string PasskeyAdded = "passkey.added";

    /// <summary>A passkey is no longer of any use; the detail is what its user called it.</summary>
    public const string PasskeyRemoved = "passkey.removed";

    /// <summary>An account was disabled; the detail says why.</summary>
    public const string UserDisabled = "user.disabled";

    /// <summary>A disabled or locked account can be entered again.</summary>
    public const string UserEnabled = "user.enabled";

    /// <summary>Somebody else gave an account a new password.</summary>
    public const string PasswordReset = "user.password_reset";

    /// <summary>An admin or operator ended all sign-ins of an account.</summary>
    public const string SignedOutEverywhere = "user.signed_out_everywhere";

    /// <summary>A sign-in failed; the detail says how and from where, and how often within a minute.</summary>
    public const string SignInFailed = "user.sign_in_failed";

    /// <summary>An account was locked for some minutes after wrong passwords; the detail says until when.</summary>
    public const string UserLocked = "user.locked";

    /// <summary>A request came with a key that doesn't work (401); the detail says from where, and how often within a minute.</summary>
    public const string KeyRefused = "key.refused";

    /// <summary>
    /// Somebody asked for what they may not (403); the detail says for what and from where, and how often within a minute.
    /// </summary>
    public const string AccessRefused = "access.refused";

    /// <summary>Requests came too fast (429); the detail says from where, and how often within a minute.</summary>
    public const string AccessLimited = "access.limited";

    /// <summary>An API key was made.</summary>
    public const string KeyAdded = "key.added";

    /// <summary>An API key was revoked.</summary>
    public const string KeyRevoked = "key.revoked";

    /// <summary>True for what concerns who comes in and what they may: it stands in the log as well.</summary>
    public static bool IsOfSecurity(string action) => action.Split('.')[0] is "user" or "session" or "key" or "passkey" or "access";

    /// <summary>True for what may be a sign of an attack.</summary>
    public static bool IsSuspicious(string action) => action is SignInFailed or UserLocked or KeyRefused or AccessRefused or AccessLimited;
}
