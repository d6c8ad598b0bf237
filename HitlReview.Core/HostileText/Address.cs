using System.Buffers;
using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>A place in a text that names a host: a URL, an e-mail address, or a bare name that isn't ASCII through and through.</summary>
/// <param name="Start">Where the host begins.</param>
/// <param name="Host">The host as it is written.</param>
/// <param name="UserInfo">What stands before the host and only looks like one; null if nothing does.</param>
/// <param name="IsBare">Nothing but its dots make it a host; it may be words of a language that is written without blanks.</param>
readonly record struct Address(int Start, string Host, string? UserInfo, bool IsBare)
{
    // No name in the name system is longer than 253; the limit keeps what follows quick. A longer one is cut, which shows.
    const int MaxLength = 1_000, MaxName = 253;

    // What takes the place of a letter in a host, or ends it.
    const string Delimiters = "/?#:@\\.-";

    static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/?#\\\"<> \t\r\n");
    static readonly SearchValues<char> LocalEnds = SearchValues.Create("/?#\\\"<>()[]{},;:=&@'` \t\r\n");

    /// <summary>The addresses of a text, in their order.</summary>
    public static IReadOnlyList<Address> In(string text)
    {
        var found = new List<Address>();
        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny('@', ':', '.') is >= 0 and var next)
        {
            at += next;
            var address = text[at] switch
            {
                '@' => Mail(text, at),
                ':' => Url(text, at),
                _ => found.Count > 0 && found[^1].End > at - 3 ? null : Www(text, at - 3),
            };
            at = Math.Max(at + 1, address is { } one ? one.End : 0);
            if (address is { } whole)
                found.Add(whole);
        }
        if (Ascii.IsValid(text) && !text.Contains("xn--", StringComparison.OrdinalIgnoreCase))
            return found;
        var bare = new List<Address>();
        var passed = 0;
        foreach (var address in Bare(text))
        {
            while (passed < found.Count && found[passed].End <= address.Start)
                passed++;
            if (passed == found.Count || found[passed].Start >= address.End)
                bare.Add(address);
        }
        return bare.Count == 0 ? found : [.. found.Concat(bare).OrderBy(address => address.Start)];
    }

    int End => Start + Host.Length;

    static Address? Url(string text, int colon)
    {
        var scheme = colon;
        while (scheme > 0 && (char.IsAsciiLetterOrDigit(text[scheme - 1]) || text[scheme - 1] is '+' or '-' or '.'))
            scheme--;
        var isWeb = text.AsSpan(scheme, colon - scheme) is var name
            && (name.Equals("https", StringComparison.OrdinalIgnoreCase) || name.Equals("http", StringComparison.OrdinalIgnoreCase));
        var start = colon + 1;
        // For the web, browsers take any number of slashes of either kind.
        while (start < text.Length && (text[start] == '/' || (isWeb && text[start] == '\\')) && (isWeb || start < colon + 3))
            start++;
        if (scheme == colon || (!isWeb && start < colon + 3))
            return null;
        var authority = text.AsSpan(start, Math.Min(text.Length - start, MaxLength));
        if (authority.IndexOfAny(AuthorityEnds) is >= 0 and var end)
            authority = authority[..end];
        var user = authority.LastIndexOf('@');
        var userInfo = user > 0
            && (isWeb
                || (authority[..user].IndexOf(':') is >= 0 and var password ? authority[..password] : authority[..user]).Contains('.'))
            ? authority[..user].ToString()
            : null;
        return Read(text, start + user + 1, userInfo, false);
    }

    static Address? Www(string text, int at) => at >= 0 && string.Compare(text, at, "www", 0, 3, StringComparison.OrdinalIgnoreCase) == 0
        && (at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '.' or '-' or '_'))
        ? Read(text, at, null, false)
        : null;

    static Address? Mail(string text, int at)
    {
        var start = at;
        while (start > 0 && at - start < MaxName && !LocalEnds.Contains(text[start - 1]))
            start--;
        if (start == at || Read(text, at + 1, null, false) is not { } address || !address.Host.Contains('.', StringComparison.Ordinal))
            return null;
        // Of several names the mail goes to the last.
        var last = address;
        while (last.End < text.Length && text[last.End] == '@' && Read(text, last.End + 1, null, false) is { } later)
            last = later;
        return last == address ? address : last with { UserInfo = text[start..(last.Start - 1)] };
    }

    // A top-level domain in ASCII is asked for, because other letters may be the next sentence.
    static IEnumerable<Address> Bare(string text)
    {
        var after = 0;
        for (var dot = text.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = text.IndexOf('.', dot + 1))
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                end++;
            if (end - dot < 3
                || end < text.Length && (text[end] is '.' or '-' or '_' or '@' || char.IsLetterOrDigit(text[end]))
                    && !(text[end] == '.' && !IsWord(text, end + 1)))
                continue;
            var start = dot;
            while (start > after && dot - start < MaxName
                && (char.IsLetterOrDigit(text[start - 1]) || char.IsSurrogate(text[start - 1]) || CodePoints.IsMark(text[start - 1])
                    || text[start - 1] is '.' or '-' or '_'))
                start--;
            var host = text[start..end];
            if (start < dot && (!Ascii.IsValid(host) || host.Contains("xn--", StringComparison.OrdinalIgnoreCase)))
                yield return new(start, host, null, true);
            after = end;
        }
    }

    static Address? Read(string text, int start, string? userInfo, bool isBare)
    {
        if (start < text.Length && text[start] == '['
            && text.AsSpan(start, Math.Min(text.Length - start, MaxName)).IndexOf(']') is > 0 and var close)
            return new(start, text.Substring(start, close + 1), userInfo, isBare);
        var end = start;
        while (end < text.Length && end - start < MaxLength && IsHost(text, start, end))
            end += CodePoints.Length(CodePoints.At(text, end));
        while (end > start && text[end - 1] is '.' or '-' or '%')
            end--;
        return end > start ? new(start, text[start..end], userInfo, isBare) : null;
    }

    static bool IsHost(string text, int start, int at)
    {
        var codePoint = CodePoints.At(text, at);
        if (codePoint < 0x80)
            return char.IsAsciiLetterOrDigit((char)codePoint) || (char)codePoint is '.' or '-' or '_' or '%';
        if (CodePoints.IsLetter(codePoint) || CodePoints.IsMark(codePoint) || CodePoints.IsDigit(codePoint)
            || Properties.DefaultIgnorable.Contains(codePoint))
            return true;
        var mapped = Idna.Map(codePoint);
        if (Ascii.IsValid(mapped) && mapped.All(char.IsAsciiLetterOrDigit))
            return true;
        if (ImitatedBy(codePoint) is null || !IsWord(text, at + CodePoints.Length(codePoint)))
            return false;
        // After a full stop of Chinese or Japanese, the next sentence begins without a blank; but not with a name that has a dot in it.
        var next = at + CodePoints.Length(codePoint);
        return !Scripts.IsEastAsian(CodePoints.At(text, next))
            && !(Scripts.IsEastAsian(codePoint) && text.AsSpan(start, at - start).Contains('.') && !BeginsName(text, next));
    }

    static bool BeginsName(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '-'))
            at++;
        return at + 1 < text.Length && text[at] == '.' && char.IsAsciiLetterOrDigit(text[at + 1]);
    }

    static bool IsWord(string text, int at) =>
        at < text.Length && CodePoints.At(text, at) is var codePoint && (CodePoints.IsLetter(codePoint) || CodePoints.IsDigit(codePoint));

    /// <summary>The sign of a URL that a character can be taken for; null if for none.</summary>
    public static char? ImitatedBy(int codePoint) =>
        codePoint < 0x80 || CodePoints.IsLetter(codePoint) || CodePoints.IsMark(codePoint) || CodePoints.IsDigit(codePoint) ? null
        : Idna.Map(codePoint) is [var mapped] && Delimiters.Contains(mapped, StringComparison.Ordinal) ? mapped
        : Skeleton.Prototype(codePoint) is [var alike] && Delimiters.Contains(alike, StringComparison.Ordinal) ? alike
        : null;
}
