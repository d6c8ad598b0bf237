using System.Globalization;
using System.Text;

namespace HitlReview.Core;

/// <summary>What an id or a sentence from outside must be like before it is stored and shown.</summary>
public static class Identifiers
{
    /// <summary>The longest id accepted, in UTF-16 code units.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Accepts an id of 1 to <see cref="MaxLength"/> characters, none of them without ink of its own but a blank within, so that two ids
    /// that differ also look different; not <c>.</c> or <c>..</c>, so that each has an address.
    /// </summary>
    /// <exception cref="RefusedException">It is not such an id; the message names <paramref name="field"/>.</exception>
    public static string Check(string? id, string field)
    {
        if (string.IsNullOrWhiteSpace(id))
            throw new RefusedException(Refusal.Invalid, $"{field} must not be empty.");
        if (id.Length > MaxLength)
            throw new RefusedException(Refusal.Invalid, $"{field} must have at most {MaxLength} characters; it has {id.Length}.");
        // Browsers take them out of every address.
        if (id is "." or "..")
            throw new RefusedException(Refusal.Invalid, $"{field} must not be \"{id}\", which no address can name.");
        if (id.StartsWith(' ') || id.EndsWith(' '))
            throw new RefusedException(Refusal.Invalid, $"{field} must not begin or end with a blank.");
        foreach (var rune in id.EnumerateRunes())
            if (IsUnseen(rune))
                throw new RefusedException(Refusal.Invalid, $"{field} contains a control or invisible character.");
        return id;
    }

    // Marks and letters that Unicode means to be drawn as nothing, or that are: fillers, joiners, selectors, empty patterns.
    static bool IsUnseen(Rune rune) => rune.Value is 0x34F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800
            or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or 0xFFFC or 0xFFFD or 0x13441 or 0x13442 or 0x16FE4 or 0x1D159
            or (>= 0xE0100 and <= 0xE01EF)
        || (rune.Value != ' ' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>
    /// An id as a message names it: one that is too long to be any is cut, so that an answer can't be made as long as a request.
    /// </summary>
    public static string Shown(string? id) => TextStart.Marked(id ?? "", MaxLength);

    /// <summary>Trims a sentence and counts it in code points; blank counts as none.</summary>
    /// <exception cref="RefusedException">
    /// It is too long, or has U+0000 or half a surrogate pair, which no database here could give back unchanged.
    /// </exception>
    public static string? CheckText(string? text, string field, int maxCodePoints)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        var count = 0;
        for (var i = 0; i < text.Length; i++, count++)
        {
            if (text[i] == '\0')
                throw new RefusedException(Refusal.Invalid, $"{field} contains the character U+0000.");
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                throw new RefusedException(Refusal.Invalid, $"{field} contains half a surrogate pair.");
            i++;
        }
        return count <= maxCodePoints
            ? text
            : throw new RefusedException(Refusal.Invalid, $"{field} must have at most {maxCodePoints} characters; it has {count}.");
    }
}
