using System.Text;

namespace HitlReview.Core.Copilot.Commands;

/// <summary>Puts any text into markdown so that it stays the text that it is.</summary>
static class AsMarkdown
{
    const string Harmless = " ,'\"/;?%=$@";

    /// <summary>As words of a sentence or a cell of a table.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is '\r' or '\n')
                plain.Append(' ');
            else
                plain.Append(char.IsAsciiLetterOrDigit(c) || !char.IsAscii(c) || Harmless.Contains(c) ? "" : "\\").Append(c);
        return plain.ToString();
    }

    /// <summary>As code within a sentence.</summary>
    public static string Code(string text)
    {
        text = text.ReplaceLineEndings(" ").Replace('|', '¦');
        var fence = new string('`', Longest(text) + 1);
        return $"{fence}{(text.Contains('`', StringComparison.Ordinal) ? $" {text} " : text)}{fence}";
    }

    /// <summary>As a block of code.</summary>
    public static string Block(string text, string language)
    {
        var fence = new string('`', Math.Max(3, Longest(text) + 1));
        return $"{fence}{language}\n{text}\n{fence}";
    }

    static int Longest(string text)
    {
        var (longest, now) = (0, 0);
        foreach (var c in text)
            longest = Math.Max(longest, now = c == '`' ? now + 1 : 0);
        return longest;
    }
}
