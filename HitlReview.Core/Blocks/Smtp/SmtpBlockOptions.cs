namespace HitlReview.Core.Blocks.Smtp;

/// <summary>How the connection to the mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Begins in the clear and must change to TLS before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>None. For a mail server on the same machine.</summary>
    None,
}

/// <summary>Settings <c>Blocks:Smtp:*</c>. Without a host, sending e-mail is not configured and is refused before a review.</summary>
public sealed class SmtpBlockOptions : ICheckedOptions
{
    /// <summary>The mail server.</summary>
    public string? Host { get; set; }

    /// <summary>Its port. 1 to 65535, by default 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected; by default <see cref="SmtpSecurity.StartTls"/>.</summary>
    public SmtpSecurity Security { get; set; }

    /// <summary>The user to sign in as; none to not sign in.</summary>
    public string? User { get; set; }

    /// <summary>The password of that user.</summary>
    public string? Password { get; set; }

    /// <summary>The address that all e-mail comes from.</summary>
    public string? From { get; set; }

    /// <summary>How long sending may take altogether. 1 s to 10 min, by default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True if e-mail can be sent.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(Host);

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (!IsConfigured)
            yield break;
        if (Port is < 1 or > 65535)
            yield return FormattableString.Invariant($"Blocks:Smtp:Port must be between 1 and 65535; it is {Port}.");
        if (!Enum.IsDefined(Security))
            yield return $"Blocks:Smtp:Security must be StartTls, Tls or None; it is {Security}.";
        if (EmailAddress.Fault(From ?? "") is { } fault)
            yield return $"Blocks:Smtp:From must be set with Blocks:Smtp:Host, and {fault}; it is '{From}'.";
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password))
            yield return "Blocks:Smtp:User and Blocks:Smtp:Password must be set together.";
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10))
            yield return FormattableString.Invariant(
                $"Blocks:Smtp:Timeout must be between 1 s and 10 min; it is {Timeout.TotalSeconds} s.");
    }
}
