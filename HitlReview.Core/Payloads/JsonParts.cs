using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>Takes JSON texts apart and puts them together; the parts stay as they are, to the character.</summary>
public static class JsonParts
{
    /// <summary>The members of an object, in their order.</summary>
    /// <exception cref="RefusedException">Invalid: the text is not an object.</exception>
    public static IReadOnlyList<KeyValuePair<string, JsonText>> Members(JsonText text, string field) =>
        text.Root.ValueKind == JsonValueKind.Object
            ? [.. text.Root.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Part(p.Value)))]
            : throw new RefusedException(Refusal.Invalid, $"{field} must be an object.");

    /// <summary>The value of one member of an object; null if there is none.</summary>
    public static JsonText? Member(JsonText text, string name) =>
        text.Root.ValueKind == JsonValueKind.Object && text.Root.TryGetProperty(name, out var value) ? Part(value) : null;

    /// <summary>The text of one member of an object; null if there is none, or if it is no text.</summary>
    public static string? Text(JsonText text, string name) =>
        Member(text, name)?.Root is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The items of an array, in their order.</summary>
    /// <exception cref="RefusedException">Invalid: the text is not an array.</exception>
    public static IReadOnlyList<JsonText> Items(JsonText text, string field) =>
        text.Root.ValueKind == JsonValueKind.Array
            ? [.. text.Root.EnumerateArray().Select(Part)]
            : throw new RefusedException(Refusal.Invalid, $"{field} must be an array.");

    /// <summary>A part of a text that has been checked as a whole.</summary>
    public static JsonText Part(JsonElement element) => JsonText.Trusted(element.GetRawText());

    /// <summary>The object with these members, in this order.</summary>
    /// <param name="members">Names, each once, and values.</param>
    /// <param name="field">What it is, for the message of a refusal.</param>
    /// <param name="limits">How large the whole may be; <see cref="JsonLimits.Envelope"/> if not given.</param>
    /// <exception cref="RefusedException">Invalid: a name comes twice, or the whole is too large or too deep.</exception>
    public static JsonText Compose(IEnumerable<KeyValuePair<string, JsonText>> members, string field, JsonLimits? limits = null)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in members)
            text.Append(text.Length > 1 ? "," : "").Append(JsonText.Of(name, field).Text).Append(':').Append(value.Text);
        return JsonText.Parse(text.Append('}').ToString(), field, limits ?? JsonLimits.Envelope);
    }

    /// <summary>The array of these items, in this order.</summary>
    /// <inheritdoc cref="Compose"/>
    public static JsonText Array(IEnumerable<JsonText> items, string field, JsonLimits? limits = null) =>
        JsonText.Parse($"[{string.Join(',', items.Select(item => item.Text))}]", field, limits ?? JsonLimits.Envelope);
}
