using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>
/// A JSON text that is known to be valid, kept exactly as it was written: digits, key order, escapes and white space.
/// Nothing in HitlReview serialises a payload anew; what is shown, hashed, stored and run is this text.
/// </summary>
/// <remarks>
/// Immutable and safe for concurrent use. Two texts are compared with <see cref="SameValue"/>; there is no other equality.
/// </remarks>
public sealed class JsonText
{
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Computed when first asked for; computing twice in a race is harmless.
    object? _root;
    string? _hash;
    string? _valueKey;

    JsonText(string text) => Text = text;

    /// <summary><c>null</c></summary>
    public static JsonText Null { get; } = new("null");

    /// <summary><c>{}</c></summary>
    public static JsonText EmptyObject { get; } = new("{}");

    /// <summary>The text, to the character.</summary>
    public string Text { get; }

    /// <summary>SHA-256 of the text as UTF-8, lower-case hex.</summary>
    public string Hash => _hash ??= HashOf(Text);

    /// <summary>
    /// A key that two texts share exactly if they have the same value: SHA-256, lower-case hex. Serves to find an equal payload in the
    /// database.
    /// </summary>
    public string ValueKey => _valueKey ??= JsonValueKey.Of(Root);

    /// <summary>The parsed text. <see cref="JsonElement.GetRawText"/> of any part of it gives that part's exact text.</summary>
    public JsonElement Root => (JsonElement)(_root ??= JsonElement.Parse(Text, Deep));

    /// <summary>Takes a text in after checking it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="field">What the text is, for the message of a refusal.</param>
    /// <param name="limits">How large it may be; <see cref="JsonLimits.Payload"/> if not given.</param>
    /// <exception cref="RefusedException">
    /// BadRequest: it is not JSON. Invalid: too large, too deep, a key twice in one object, or a lone surrogate, which no database and no
    /// screen would keep.
    /// </exception>
    public static JsonText Parse(string text, string field, JsonLimits? limits = null)
    {
        JsonScan.Check(text, field, limits ?? JsonLimits.Payload);
        return new(text);
    }

    /// <summary>Takes in a part of a parsed request body, to the character.</summary>
    /// <param name="element">The part.</param>
    /// <param name="field">What it is, for the message of a refusal.</param>
    /// <param name="limits">How large it may be; <see cref="JsonLimits.Payload"/> if not given.</param>
    /// <exception cref="RefusedException">As <see cref="Parse"/>, and Invalid if the field was missing.</exception>
    public static JsonText FromElement(JsonElement element, string field, JsonLimits? limits = null)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            throw new RefusedException(Refusal.Invalid, $"{field} is missing.");
        string text;
        try
        {
            text = element.GetRawText();
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(Refusal.BadRequest, $"{field} is not valid UTF-8.");
        }
        return Parse(text, field, limits);
    }

    /// <summary>Takes back a text that has been checked before, such as one from the database.</summary>
    public static JsonText Trusted(string text) => new(text);

    /// <summary>The JSON string of a text.</summary>
    /// <exception cref="RefusedException">Invalid: it contains a lone surrogate or is larger than a payload may be.</exception>
    public static JsonText Of(string value, string field)
    {
        if (!IsWellFormed(value))
            throw new RefusedException(Refusal.Invalid, $"{field} contains a lone surrogate.");
        return Parse(Encode(value), field);
    }

    /// <summary>The JSON number of an integer.</summary>
    public static JsonText Of(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static JsonText Of(bool value) => new(value ? "true" : "false");

    /// <summary>
    /// True if both are the same value: objects whatever the order of their keys, numbers by exact decimal value, strings by code point.
    /// </summary>
    public static bool SameValue(JsonText a, JsonText b) => a.Text == b.Text || a.ValueKey == b.ValueKey;

    static string HashOf(string text)
    {
        using var utf8 = new LentUtf8(text);
        return Convert.ToHexStringLower(SHA256.HashData(utf8.Bytes));
    }

    /// <summary>
    /// A JSON text with the characters that its strings write as escapes, which may be no JSON any more; for a search.
    /// </summary>
    /// <returns>Null if that is the same text.</returns>
    internal static string? AsRead(string json)
    {
        if (!json.Contains('\\'))
            return null;
        var read = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
            if (json[i] != '\\' || i + 1 == json.Length)
                read.Append(json[i]);
            else if (json[++i] == 'u' && i + 4 < json.Length
                && ushort.TryParse(json.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                read.Append((char)unit);
                i += 4;
            }
            else
                read.Append(json[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var plain => plain });
        return read.ToString();
    }

    internal static string Encode(string value) => JsonSerializer.Serialize(value, Plain);

    /// <summary>True if no surrogate of the text stands without its other half.</summary>
    /// <param name="text">The text.</param>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}
