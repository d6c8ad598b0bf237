using System.Globalization;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Showing;

/// <summary>How a part of a payload reads.</summary>
public enum PayloadKind
{
    /// <summary>A string; <see cref="PayloadNode.Text"/> is what it stands for.</summary>
    Text,

    /// <summary>A number; <see cref="PayloadNode.Text"/> has its digits as written.</summary>
    Number,

    /// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
    Word,

    /// <summary>An object.</summary>
    Fields,

    /// <summary>An array.</summary>
    Items,
}

/// <summary>
/// A part of a payload as people read it. Every key and item of the payload is in the tree; none is left out for any reason.
/// </summary>
/// <remarks>
/// It is told from others by being itself. It has no path: with a long key around many items, all paths would take more room than the
/// machine has.
/// </remarks>
/// <param name="key">Its key, or the number of the item from 0.</param>
/// <param name="kind">How it reads.</param>
/// <param name="text">The value, for what isn't an object or array.</param>
/// <param name="parts">The members or items.</param>
public sealed class PayloadNode(string key, PayloadKind kind, string text, IReadOnlyList<PayloadNode> parts)
{
    /// <summary>Its key, or the number of the item from 0.</summary>
    public string Key => key;

    /// <summary>How it reads.</summary>
    public PayloadKind Kind => kind;

    /// <summary>The value, for what isn't an object or array.</summary>
    public string Text => text;

    /// <summary>The members or items.</summary>
    public IReadOnlyList<PayloadNode> Parts => parts;

    /// <summary>The title that the block's schema gives to the key; null if none.</summary>
    public string? Title { get; private init; }

    /// <summary>What the block's schema says about the key; null if nothing.</summary>
    public string? Description { get; private init; }

    /// <summary>The tree of a payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="schema">The schema that its keys are titled by, if it has one.</param>
    public static PayloadNode Of(JsonText payload, PayloadSchema? schema) => Of("", payload.Root, schema?.Text.Root, isMember: false);

    static PayloadNode Of(string key, JsonElement value, JsonElement? schema, bool isMember)
    {
        var (kind, text, parts) = value.ValueKind switch
        {
            JsonValueKind.Object => (PayloadKind.Fields, "",
                [.. value.EnumerateObject().Select(p => Of(p.Name, p.Value, At(schema, "properties", p.Name), isMember: true))]),
            JsonValueKind.Array => (PayloadKind.Items, "", [.. value.EnumerateArray().Select((item, i) =>
                Of(i.ToString(CultureInfo.InvariantCulture), item, At(schema, "items"), isMember: false))]),
            JsonValueKind.String => (PayloadKind.Text, value.GetString()!, []),
            JsonValueKind.Number => (PayloadKind.Number, value.GetRawText(), []),
            _ => (PayloadKind.Word, value.GetRawText(), (PayloadNode[])[]),
        };
        return new(key, kind, text, parts)
        {
            Title = isMember ? String(schema, "title") : null,
            Description = isMember ? String(schema, "description") : null,
        };
    }

    static JsonElement? At(JsonElement? schema, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            schema = schema is { ValueKind: JsonValueKind.Object } s && s.TryGetProperty(name, out var inner) ? inner : null;
        return schema;
    }

    static string? String(JsonElement? schema, string name) =>
        At(schema, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
