using HitlReview.Core.Accounts;

namespace HitlReview.Web.Components.Admin;

/// <summary>What is said of people and their accounts.</summary>
static class PeopleWords
{
    public static string Role(string role) => role == Roles.Admin ? Texts.RoleAdmin : Texts.RoleReviewer;

    public static string State(PersonState state) => state switch
    {
        PersonState.disabled => Texts.PersonDisabled,
        PersonState.locked => Texts.PersonLocked,
        _ => Texts.PersonEnabled,
    };

    public static string Ways(PersonRow person) => (person.HasPassword, person.HasPasskey, person.HasOidc) switch
    {
        (true, true, true) => Texts.PersonByAll,
        (true, true, false) => Texts.SignedInByPasskey,
        (true, false, true) => Texts.PersonByBoth,
        (true, false, false) => Texts.PersonByPassword,
        (false, _, true) => Texts.PersonByOidc,
        _ => Texts.PersonByNothing,
    };

    public static string Way(SignInWay way) => way switch
    {
        SignInWay.passkey => Texts.SignedInByPasskey,
        SignInWay.oidc => Texts.PersonByOidc,
        SignInWay.link => Texts.SignedInByLink,
        _ => Texts.PersonByPassword,
    };
}
