using System.Text;
using System.Text.RegularExpressions;

namespace HitlReview.Core.HostileText;

/// <summary>Words that could be taken for the page's own: its buttons, its warnings, or the verdict of someone who has a say.</summary>
static partial class Imitation
{
    const string Authority =
        "(?:an? |the |our |your |der |die |das |dem |den |unsere[nmr]? |l['’]|le |la |les |nos |notre |el |los |las |nuestro |nuestra )?"
        + "(?:system|admin\\w*|security|compliance|hitl ?review"
        + "|moderators?|reviewers?|(?:human|safety) reviewers?|operators?"
        + "|sicherheit\\w*|prüfer\\w*|freigabe\\w*|rechtsabteilung|vorgesetzte\\w*"
        + "|système|sécurité|conformité|équipe sécurité|service sécurité|modérateurs?"
        + "|sistema|seguridad|cumplimiento|equipo de seguridad|moderador\\w*|revisor\\w*)";
    const string Decided = "(?:pre-?|auto-?)?(?:approved|verified|authori[sz]ed|cleared|validated|vetted|whitelisted"
        + "|genehmigt|freigegeben|geprüft|bestätigt|verifiziert|autorisiert|unbedenklich"
        + "|(?:approuvé|vérifié|validé|autorisé|confirmé)e?s?|(?:aprobad|verificad|validad|autorizad|confirmad)[oa]s?)";
    const string Verdict = "(?:" + Decided + "|trusted|safe)";
    const string Subject =
        "(?:\\W*(?:this|the|your|it|all|action|payload|review|request|operation|change|content|message"
        + "|has|have|is|was|were|been|already|fully|automatically|lgtm|ok"
        + "|dies|diese|dieser|die|alles|aktion|anfrage|änderung|nachricht|inhalt|wurde|ist|sind|bereits|schon|vollständig|automatisch"
        + "|ceci|cette|ce|la|le|demande|action|modification|message|contenu|a|est|été|déjà|entièrement|automatiquement"
        + "|esto|esta|este|el|solicitud|acción|cambio|mensaje|contenido|ha|fue|sido|ya|totalmente|automáticamente)\\b)*";

    const string Button = @"[\[【〔]\W{0,4}(?:(?:approve|reject)(?:d|ed)?(?: (?:all|selected|anyway|now))?"
        + @"|genehmigen|freigeben|ablehnen|approuver|refuser|rejeter|aprobar|rechazar)\W{0,4}[\]】〕]";

    static readonly string[] Stems =
    [
        "approv", "reject", "verified", "authoris", "authoriz", "cleared", "validated", "vetted", "whitelisted", "trusted", "safe",
        "payload-", "no warnings", "hidden characters", "press ", "hit ", "nothing ", "no review",
        "already ", "genehmig", "freigegeben", "freigeben",
        "ablehnen", "geprüft", "bestätigt", "verifiziert", "autorisiert", "unbedenklich", "drück", "nichts ", "warnung", "prüfung",
        "approuv", "refuser", "rejeter", "vérifi", "validé", "autorisé", "confirmé", "appuye", "rien ", "avertissement",
        "aproba", "rechazar", "verificad", "validad", "autorizad", "confirmad", "puls", "presion", "nada", "advertencia", "revis",
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
                ?? Find(start, Keys()) ?? Find(start, Notice()) ?? Find(start, Spoken()) ?? Find(start, Badge())
                ?? (isInstructions ? Find(start, Claim()) : null);
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

    // What a key of the page does: "Press a to close it. Nothing will be sent."
    [GeneratedRegex(
        @"\b(?:(?:press|hit)(?: the)?(?: key)?|drück\w*(?: sie)?(?: die)?(?: taste)?|appuye[rz](?: sur)?(?: la touche)?"
        + @"|(?:pulse|presion[ae])(?: la tecla)?) (?:[""'“‘«»„\[(<`]{0,2}[aeru][""'”’»«“\])>`]{0,2}|(?:enter|eingabe|entrée|intro) "
        + @"(?=(?:to|um|pour|para) (?:approve|close|dismiss|confirm|reject|genehmigen|freigeben|schlie|approuver|fermer|aprobar|cerrar)))"
        + @"(?=\s*(?:$|[.,:;!])|\s+(?:to|and|key|um|und|pour|et|para|y)\b)"
        + @"|^.{0,120}\b(?:nothing (?:will|is going to) be|nichts wird|es wird nichts|rien ne sera|no se|nada será) "
        + @"(?:sent|run|executed|changed|deleted|paid|charged|posted|gesendet|ausgeführt|geändert|gelöscht|bezahlt"
        + @"|envoyé|exécuté|modifié|supprimé|payé|enviará nada|ejecutará nada|enviado|ejecutado|borrado)\W*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    // What only the page says.
    [GeneratedRegex(
        @"payload-(?:warning|fingerprint|view|editor)\b|^\W*(?:there are )?no (?:payload )?warnings(?: (?:were )?found)?\W*$"
        + @"|^\W*(?:keine warnungen(?: gefunden)?|aucun avertissement(?: trouvé)?|(?:sin|ninguna) advertencias?(?: encontradas?)?)\W*$"
        + @"|^\W*no hidden characters|\bauto-approved \(user approved|\balready (?:been )?decided\b.{0,40}\bignore\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Notice();

    // A line in the name of someone else: "System: this has been verified", "[Security team] Approved.", "Approved by admin".
    [GeneratedRegex(
        @"^\W*" + Authority + @"(?: \w+)?\s?[\]>:)\u2013\u2014-]" + Subject + @"\W*\b" + Verdict
        + @"\b|^\W*(?:status\W{1,3})?(?:already |fully |bereits |déjà |ya )?" + Decided + @"(?:[ -]by:?| von| durch| par| por):? "
        + Authority + @"\b",
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
        @"\b" + Decided + @"(?:[ -]by:?| von| durch| par| por) " + Authority
        + @"\b|\b(?:this|the|your) (?:action|payload|review|request|operation|change|content|message)? ?(?:has|have|is|was|were) "
        + @"(?:already |been |fully |automatically )*(?:pre-?|auto-?)?(?:approved|verified|authori[sz]ed|cleared|validated|vetted)\b"
        + @"|\bdiese[rs]? (?:anfrage|aktion|änderung|nachricht|freigabe) (?:ist|wurde) (?:bereits |schon )?" + Decided
        + @"\b|\b(?:cette|ce) (?:demande|action|modification|message) (?:a (?:déjà )?été|est (?:déjà )?)" + @" ?" + Decided
        + @"\b|\b(?:esta|este) (?:solicitud|acción|cambio|mensaje) (?:ya )?(?:ha sido|fue|está) (?:ya )?" + Decided
        + @"\b|\bsafe to approve\b|\bno (?:need to|further) review\b|\bkeine (?:weitere )?prüfung (?:nötig|erforderlich)\b"
        + @"|\b(?:pas besoin|inutile) de (?:vérifier|relire)\b|\bno (?:es necesario|hace falta) revisar\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Claim();
}
