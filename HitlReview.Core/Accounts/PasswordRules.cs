using System.Reflection;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Core.Accounts;

/// <summary>
/// Refuses passwords that are tried first. Length is what counts (Identity's own rule); beyond that only what everybody guesses is refused.
/// </summary>
public sealed class PasswordRules : IPasswordValidator<HitlUser>
{
    /// <summary>The most UTF-16 code units that a password may have.</summary>
    public const int MaxLength = 1_000;

    const string Product = "hitlreview";

    // As they lie on a keyboard or in the alphabet; what runs along one of these, either way, is no password.
    static readonly string[] s_rows =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
        "a1b2c3d4e5f6g7h8i9j0",
    ];

    /// <summary>The list, in small letters.</summary>
    internal static IReadOnlySet<string> Common { get; } = Read();

    /// <inheritdoc/>
    public Task<IdentityResult> ValidateAsync(UserManager<HitlUser> manager, HitlUser user, string? password) =>
        Task.FromResult(Fault(password ?? "", user.Email ?? "") is { } fault
            ? IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = fault }) : IdentityResult.Success);

    /// <summary>What is wrong with a password, in a sentence for the person; null if nothing is.</summary>
    /// <param name="password">The password, of at least the length that is asked for.</param>
    /// <param name="email">The address of the account.</param>
    public static string? Fault(string password, string email)
    {
        if (password.Length > MaxLength)
            return $"The password must have at most {MaxLength} characters.";
        var small = password.ToLowerInvariant();
        var bare = Bare(small);
        if (Repeats(small))
            return "The password repeats itself. Choose another one.";
        if (s_rows.Any(row => Runs(row, small) || (bare.Length >= 6 && small.Length - bare.Length <= 4 && Runs(row, bare))))
            return "The password is a row of keys or letters. Choose another one.";
        if (OfAddress(email).Any(part => small == part || bare == part || bare == Bare(part))
            || (email.Length > 0 && small.Contains(email.ToLowerInvariant(), StringComparison.Ordinal)))
            return "The password must not be your address or a part of it.";
        if (bare is Product or "hitl" or "review" || small.Contains(Product, StringComparison.Ordinal) && small.Length < Product.Length + 6)
            return "The password must not be the name of this program.";
        return Common.Contains(small) || Common.Contains(bare) || Common.Contains(Plain(small)) || Common.Contains(Bare(Plain(small)))
            ? "The password is on every list of passwords that are tried first. Choose another one."
            : null;
    }

    /// <summary>Without the digits and signs that people put before and behind a word.</summary>
    static string Bare(string text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && !char.IsLetter(text[from]))
            from++;
        while (to > from && !char.IsLetter(text[to - 1]))
            to--;
        return text[from..to];
    }

    /// <summary>With the letters that digits and signs stand for.</summary>
    static string Plain(string text) => string.Concat(text.Select(c => c switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    }));

    /// <summary>True if it is up to four characters, over and over.</summary>
    static bool Repeats(string text) =>
        Enumerable.Range(1, 4).Any(period =>
            text.Length >= 2 * period && Enumerable.Range(period, text.Length - period).All(i => text[i] == text[i - period]));

    static bool Runs(string row, string text) =>
        row.Contains(text, StringComparison.Ordinal) || string.Concat(row.Reverse()).Contains(text, StringComparison.Ordinal);

    static IEnumerable<string> OfAddress(string email)
    {
        var small = email.ToLowerInvariant();
        return small.Split('@').Concat(small.Split('@', '.', '_', '-', '+'))
            .Concat([small, small.Split('@')[0].Replace(".", "", StringComparison.Ordinal)])
            .Where(part => part.Length >= 3);
    }

    static HashSet<string> Read()
    {
        using var list = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("HitlReview.Core.Accounts.CommonPasswords.txt")!);
        return [.. list.ReadToEnd().Split(['\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries)];
    }
}
