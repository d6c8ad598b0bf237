using System.Globalization;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Shared;

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

/// <summary>A part of a payload as people read it. Every key and item of the payload is in the tree; none is left out for any reason.</summary>
/// <param name="Path">Where it is: <c>$.to[0]</c>.</param>
/// <param name="Key">Its key, or the number of the item from 0.</param>
/// <param name="Kind">How it reads.</param>
/// <param name="Text">The value, for what isn't an object or array.</param>
/// <param name="Parts">The members or items.</param>
public sealed record PayloadNode(string Path, string Key, PayloadKind Kind, string Text, IReadOnlyList<PayloadNode> Parts)
{
    /// <summary>The title that the block's schema gives to the key; null if none.</summary>
    public string? Title { get; init; }

    /// <summary>What the block's schema says about the key; null if nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The part itself.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>The tree of a payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="schema">The schema that its keys are titled by, if it has one.</param>
    public static PayloadNode Of(JsonText payload, PayloadSchema? schema) => Of("$", "", payload.Root, schema?.Text.Root);

    static PayloadNode Of(string path, string key, JsonElement value, JsonElement? schema) => value.ValueKind switch
    {
        JsonValueKind.Object => new(path, key, PayloadKind.Fields, "", [.. value.EnumerateObject().Select(p => Titled(Of(PathTo(path, p.Name), p.Name, p.Value, At(schema, "properties", p.Name)), At(schema, "properties", p.Name)))]) { Value = value },
        JsonValueKind.Array => new(path, key, PayloadKind.Items, "", [.. value.EnumerateArray().Select((item, i) => Of(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), i.ToString(CultureInfo.InvariantCulture), item, At(schema, "items")))]) { Value = value },
        JsonValueKind.String => new(path, key, PayloadKind.Text, value.GetString()!, []) { Value = value },
        JsonValueKind.Number => new(path, key, PayloadKind.Number, value.GetRawText(), []) { Value = value },
        _ => new(path, key, PayloadKind.Word, value.GetRawText(), []) { Value = value },
    };

    static PayloadNode Titled(PayloadNode node, JsonElement? schema) => node with { Title = String(schema, "title"), Description = String(schema, "description") };

    static JsonElement? At(JsonElement? schema, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            schema = schema is { ValueKind: JsonValueKind.Object } s && s.TryGetProperty(name, out var inner) ? inner : null;
        return schema;
    }

    static string? String(JsonElement? schema, string name) => At(schema, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    // A key that isn't a plain word is quoted and escaped, so that its hidden characters show in the path.
    static string PathTo(string path, string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"{path}.{name}" : $"{path}[{JsonSerializer.Serialize(name)}]";
}
