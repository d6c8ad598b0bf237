using HitlReview.Core;

namespace HitlReview.Web.Auth;

/// <summary>The settings under <c>Accounts</c> that are about passkeys.</summary>
public sealed class PasskeyOptions : ICheckedOptions
{
    /// <summary>
    /// The domain that passkeys are bound to: the host under which people open HitlReview, or a domain above it. Empty: the host of the
    /// request. Passkeys of another domain are of no use, so a change of it locks everybody out who has one.
    /// </summary>
    public string PasskeyDomain { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        // Browsers take no address of numbers, and compare letter by letter.
        var isName = Uri.CheckHostName(PasskeyDomain) == UriHostNameType.Dns;
        if (PasskeyDomain.Length > 0 && (!isName || PasskeyDomain.Any(char.IsAsciiLetterUpper) || PasskeyDomain.EndsWith('.')))
            yield return $"Accounts:PasskeyDomain must be a domain in lower case such as review.example.com; it is '{PasskeyDomain}'.";
    }
}
