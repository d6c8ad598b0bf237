using System.Buffers;
using System.Globalization;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Looks a template over before the parser sees it, once from its beginning to its end: the parser tries every bracket in several ways and
/// each way anew inside the next one, so that what nests costs a multiple with each level. It doesn't judge anything else, and where it
/// can't tell what stands there (a text without its end) it leaves the rest to the parser, whose steps are counted.
/// </summary>
static class TemplateScan
{
    /// <summary>How many brackets may be open inside one tag.</summary>
    public const int MaxBrackets = 8;

    /// <summary>How many blocks, such as <c>if</c> and <c>for</c>, may be open at a place.</summary>
    public const int MaxBlocks = 50;

    static readonly HashSet<string> Blocks = ["if", "unless", "case", "for", "tablerow", "capture"];
    static readonly SearchValues<char> Marks = SearchValues.Create("'\"()[]%}");

    /// <summary>What is too long or too deep; null if nothing is.</summary>
    public static string? Fault(string template)
    {
        if (template.Length > TemplateEngine.MaxTemplate)
            return string.Create(CultureInfo.InvariantCulture, $"must not have more than {TemplateEngine.MaxTemplate:N0} characters");
        var blocks = 0;
        for (var at = TagAfter(template, 0); at >= 0; at = TagAfter(template, at))
        {
            if (template[at + 1] == '%')
            {
                var name = NameAfter(template, at + 2);
                if (name == "#")
                {
                    at = template.IndexOf("%}", at + 2, StringComparison.Ordinal);
                    if (at < 0)
                        return null;
                    continue;
                }
                if (name is "raw" or "comment")
                {
                    // What is in there is text.
                    at = template.IndexOf("end" + name, at + 2, StringComparison.Ordinal);
                    if (at < 0)
                        return null;
                    continue;
                }
                if (Blocks.Contains(name) && ++blocks > MaxBlocks)
                    return $"has more than {MaxBlocks} blocks inside each other";
                if (name.StartsWith("end", StringComparison.Ordinal) && Blocks.Contains(name[3..]))
                    blocks = Math.Max(0, blocks - 1);
            }
            at = TagEnd(template, at, out var isTooDeep);
            if (isTooDeep)
                return $"has more than {MaxBrackets} brackets inside each other";
            if (at < 0)
                return null;
        }
        return null;
    }

    /// <summary>Where the text that begins with a quote ends: behind its closing quote; -1 where it has none.</summary>
    public static int TextEnd(ReadOnlySpan<char> text)
    {
        for (var at = 1; text[at..].IndexOfAny(text[0], '\\') is >= 0 and var step; at += 2)
        {
            at += step;
            if (text[at] == text[0])
                return at + 1;
            if (at + 2 > text.Length)
                return -1;
        }
        return -1;
    }

    static int TagAfter(string template, int at)
    {
        for (at = template.IndexOf('{', at); at >= 0; at = template.IndexOf('{', at + 1))
            if (at + 1 < template.Length && template[at + 1] is '{' or '%')
                return at;
        return -1;
    }

    static string NameAfter(string template, int at)
    {
        var tag = template.AsSpan(at).TrimStart('-').TrimStart();
        var end = tag.StartsWith('#') ? 1 : tag.IndexOfAnyExceptInRange('a', 'z');
        return (end < 0 ? tag : tag[..end]).ToString();
    }

    static int TagEnd(string template, int at, out bool isTooDeep)
    {
        isTooDeep = false;
        var close = template[at + 1] == '%' ? '%' : '}';
        var brackets = 0;
        for (at += 2; template.AsSpan(at).IndexOfAny(Marks) is >= 0 and var step; at++)
        {
            at += step;
            switch (template[at])
            {
                case '\'' or '"':
                    if (TextEnd(template.AsSpan(at)) is >= 0 and var length)
                        at += length - 1;
                    else
                        return -1;
                    break;
                case '(' or '[':
                    if (++brackets > MaxBrackets)
                    {
                        isTooDeep = true;
                        return at;
                    }
                    break;
                case ')' or ']':
                    brackets = Math.Max(0, brackets - 1);
                    break;
                case var end when end == close && at + 1 < template.Length && template[at + 1] == '}':
                    return at + 2;
            }
        }
        return -1;
    }
}
