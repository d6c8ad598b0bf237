namespace HitlReview.Core.Accounts;

/// <summary>Why a sign-in or key no longer stands.</summary>
public enum SignInEnd
{
    /// <summary>The person signed out with it, or it is unknown.</summary>
    signed_out,

    /// <summary>It was ended from the list of sessions, or by an admin.</summary>
    ended,

    /// <summary>Somebody signed in anew in the same browser.</summary>
    replaced,

    /// <summary>The password was changed.</summary>
    password_changed,

    /// <summary>The account was disabled.</summary>
    disabled,

    /// <summary>The role of the account changed.</summary>
    role_changed,

    /// <summary>It wasn't used for too long, or is too old.</summary>
    timed_out,

    /// <summary>The OpenID Connect provider no longer vouches for it.</summary>
    provider,

    /// <summary>The key was revoked, or has ended by itself.</summary>
    key_ended,
}
