using System.Text;
using System.Text.RegularExpressions;

namespace HitlReview.Core.HostileText;

/// <summary>Words that could be taken for the page's own: its buttons, its warnings, or the verdict of someone who has a say.</summary>
static partial class Imitation
{
    const string Authority =
        "(?:an? |the |our |your )?(?:system|admin\\w*|security|compliance|hitl ?review"
        + "|moderators?|reviewers?|(?:human|safety) reviewers?|operators?)";
    const string Decided = "(?:pre-?|auto-?)?(?:approved|verified|authori[sz]ed|cleared|validated|vetted|whitelisted)";
    const string Verdict = "(?:" + Decided + "|trusted|safe)";
    const string Subject =
        "(?:\\W*(?:this|the|your|it|all|action|payload|review|request|operation|change|content|message"
        + "|has|have|is|was|were|been|already|fully|automatically|lgtm|ok)\\b)*";

    const string Button = @"[\[【〔]\W{0,4}(?:approve|reject)(?:d|ed)?(?: (?:all|selected|anyway|now))?\W{0,4}[\]】〕]";

    static readonly string[] Stems =
    [
        "approv", "reject", "verified", "authoris", "authoriz", "cleared", "validated", "vetted", "whitelisted", "trusted", "safe",
        "payload-", "no warnings", "hidden characters",
    ];

    /// <summary>The first place in a text that imitates the page; null if there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isInstructions">It speaks to the reviewer, as a mail that tells of an approval doesn't.</param>
    public static string? In(string text, bool isInstructions)
    {
        var folded = Fold(text);
        if (!HasStem(folded))
            return null;
        foreach (var line in folded.AsSpan().EnumerateLines())
        {
            if (!HasStem(line))
                continue;
            // A line that is longer than a screen imitates nothing beyond its beginning.
            var start = line[..Math.Min(line.Length, 500)];
            var imitation = Find(start, isInstructions ? Control() : ControlNoLink())
                ?? Find(start, Notice()) ?? Find(start, Spoken()) ?? Find(start, Badge()) ?? (isInstructions ? Find(start, Claim()) : null);
            if (imitation is { } found)
                return found;
        }
        return null;
    }

    static bool HasStem(ReadOnlySpan<char> text)
    {
        foreach (var stem in Stems)
            if (text.Contains(stem, StringComparison.Ordinal))
                return true;
        return false;
    }

    static string? Find(ReadOnlySpan<char> line, Regex pattern)
    {
        foreach (var match in pattern.EnumerateMatches(line))
            return line.Slice(match.Index, match.Length).Trim().ToString();
        return null;
    }

    /// <summary>The text as the eye reads it: look-alike, wide and bold letters as plain ones, all small, nothing unseen.</summary>
    static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        foreach (var codePoint in CodePoints.In(text))
        {
            if (Properties.DefaultIgnorable.Contains(codePoint))
                continue;
            var mapped = Idna.Map(codePoint);
            folded.Append(!Ascii.IsValid(mapped) && Skeleton.Prototype(codePoint) is var alike
                && Ascii.IsValid(alike) ? alike.ToLowerInvariant() : mapped);
        }
        return folded.ToString();
    }

    // A button drawn with brackets: "[Approve]", "[ ✓ Approve all ]".
    [GeneratedRegex(Button, RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    // The same where it isn't the text of a Markdown link, as a mail that asks someone else for an approval has one.
    [GeneratedRegex(Button + @"(?!\((?:https?://|mailto:)\S)", RegexOptions.CultureInvariant)]
    private static partial Regex ControlNoLink();

    // What only the page says.
    [GeneratedRegex(
        @"payload-(?:warning|fingerprint|view|editor)\b|^\W*(?:there are )?no (?:payload )?warnings(?: (?:were )?found)?\W*$"
        + @"|^\W*no hidden characters|\bauto-approved \(user approved",
        RegexOptions.CultureInvariant)]
    private static partial Regex Notice();

    // A line in the name of someone else: "System: this has been verified", "[Security team] Approved.", "Approved by admin".
    [GeneratedRegex(
        @"^\W*" + Authority + @"(?: \w+)?\s?[\]>:)\u2013\u2014-]" + Subject + @"\W*\b" + Verdict
        + @"\b|^\W*(?:status\W{1,3})?(?:already |fully )?" + Decided + @"[ -]by:? " + Authority + @"\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Spoken();

    // A mark of approval in a line of its own: "✅ Verified", "🔒 Safe to approve".
    [GeneratedRegex(
        @"^\s*(?:[✅✓✔☑🗸\u2611]|\ud83d[\udd12\udd10\udfe2\udee1])\W{0,4}(?:already |fully )?(?:" + Verdict
        + @"(?: to approve)?|no (?:risks?|warnings|issues)(?: found)?)\W*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Badge();

    // What an agent can't know or has no business to say about its own request.
    [GeneratedRegex(
        @"\b" + Decided + @"[ -]by:? " + Authority
        + @"\b|\b(?:this|the|your) (?:action|payload|review|request|operation|change|content|message)? ?(?:has|have|is|was|were) "
        + @"(?:already |been |fully |automatically )*(?:pre-?|auto-?)?(?:approved|verified|authori[sz]ed|cleared|validated|vetted)\b"
        + @"|\bsafe to approve\b|\bno (?:need to|further) review\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Claim();
}
