using System.Text;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Payload;

/// <summary>
/// The shape of a payload that nobody has described, for a form of it: what it has, each of the type that it is of. It is a help to edit
/// with and judges nothing.
/// </summary>
static class InferredSchema
{
    // A form of more is no help.
    const int MaxValues = 300, MaxDepth = 8;

    /// <summary>The schema as JSON; null where a form would be no help: for a single value, or one of too many parts.</summary>
    public static string? Of(JsonText payload)
    {
        if (payload.Root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return null;
        var left = MaxValues;
        return Of(payload.Root, 0, ref left);
    }

    static string? Of(JsonElement value, int depth, ref int left)
    {
        if (--left < 0 || depth > MaxDepth)
            return null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var properties = new StringBuilder();
                foreach (var member in value.EnumerateObject())
                {
                    if (Of(member.Value, depth + 1, ref left) is not { } schema)
                        return null;
                    properties.Append(properties.Length > 0 ? "," : "")
                        .Append(JsonSerializer.Serialize(member.Name)).Append(':').Append(schema);
                }
                return $$$"""{"type":"object","properties":{{{{properties}}}}}""";
            case JsonValueKind.Array:
                var items = new HashSet<string>(StringComparer.Ordinal);
                foreach (var item in value.EnumerateArray())
                    if (Of(item, depth + 1, ref left) is { } schema)
                        items.Add(schema);
                    else
                        return null;
                return items.Count == 1 ? $$"""{"type":"array","items":{{items.Single()}}}""" : """{"type":"array"}""";
            case JsonValueKind.String:
                return """{"type":"string"}""";
            case JsonValueKind.Number:
                return """{"type":"number"}""";
            case JsonValueKind.True or JsonValueKind.False:
                return """{"type":"boolean"}""";
            default:
                return "{}";
        }
    }
}
