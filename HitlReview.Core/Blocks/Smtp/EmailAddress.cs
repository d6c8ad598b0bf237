using MimeKit;

namespace HitlReview.Core.Blocks.Smtp;

/// <summary>
/// The addresses e-mail may go to: plain ones, so that the reviewer reads the address itself and nothing that only looks like it.
/// </summary>
static class EmailAddress
{
    /// <summary>What is wrong with an address; null if nothing.</summary>
    public static string? Fault(string address) =>
        address.AsSpan().ContainsAnyExceptInRange('!', '~') ? "must be a plain address in ASCII, such as ann@example.com"
        : MailHeader.MayBeRead(address) ? "must not hold \"=?\", which mail programs may show as other text"
        : address.Length > 254 || !MailboxAddress.TryParse(address, out var mailbox) || mailbox.Address != address
            || address.IndexOf('@', StringComparison.Ordinal) < 1 || address[^1] == '@' || address[0] == '"'
            ? "must be a plain address such as ann@example.com"
        : null;
}
