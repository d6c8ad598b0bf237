using HitlReview.Core.Accounts;

namespace HitlReview.Web.Components.Live;

/// <summary>Why a sign-in ended, in words.</summary>
static class SignInEndWords
{
    public static string Of(SignInEnd? why) => why switch
    {
        SignInEnd.ended => Texts.EndedByHand,
        SignInEnd.replaced => Texts.EndedReplaced,
        SignInEnd.password_changed => Texts.EndedPasswordChanged,
        SignInEnd.disabled => Texts.EndedDisabled,
        SignInEnd.role_changed => Texts.EndedRoleChanged,
        SignInEnd.timed_out => Texts.EndedTimedOut,
        SignInEnd.provider => Texts.EndedProvider,
        _ => Texts.EndedSignedOut,
    };
}
