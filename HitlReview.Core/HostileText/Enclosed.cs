using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HitlReview.Core.HostileText;

/// <summary>Text within text, which nobody reads who reads the text: in base64 (RFC 4648), or JSON in a string of JSON.</summary>
static partial class Enclosed
{
    const int MaxDecoded = 4_000, MaxJson = 1_000_000;

    /// <summary>The first text in base64, and what it says; null if there is none.</summary>
    public static (string Written, string Says)? Base64In(string text)
    {
        foreach (var match in Form().EnumerateMatches(text))
            if (Decoded(text.AsSpan(match.Index, Math.Min(match.Length, MaxDecoded))) is { } says)
                return (text.Substring(match.Index, match.Length), says);
        return null;
    }

    /// <summary>True if a text is an object or a list of JSON with something in it.</summary>
    public static bool IsJson(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is < 3 or > MaxJson || (trimmed[0], trimmed[^1]) is not (('{', '}') or ('[', ']')))
            return false;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.EnumerateObject().Any() : json.RootElement.GetArrayLength() > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What it stands for, if that is text: words, or something with an order in it.</summary>
    static string? Decoded(ReadOnlySpan<char> written)
    {
        // Of either alphabet (RFC 4648, sections 4 and 5), and with or without its end.
        var digits = written.TrimEnd('=').ToString().Replace('-', '+').Replace('_', '/');
        digits = digits[..(digits.Length - (digits.Length % 4 == 1 ? 1 : 0))];
        var bytes = new byte[digits.Length];
        if (!Convert.TryFromBase64String(digits + "==="[..(-digits.Length & 3)], bytes, out var length))
            return null;
        string says;
        try
        {
            says = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        // What is no text has characters in it that nobody writes.
        return says.Any(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r')) || says.All(char.IsAsciiLetterOrDigit) ? null : says;
    }

    [GeneratedRegex("(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9+/_=-])", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
