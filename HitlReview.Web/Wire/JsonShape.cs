using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HitlReview.Core;

namespace HitlReview.Web.Wire;

/// <summary>
/// Compares a body with the type it is to become, before the serialiser does: so that a refusal names the caller's field, not our type.
/// </summary>
sealed class JsonShape
{
    // Where it looks: names of members and indices of items. Only a refusal makes words of them.
    readonly List<(string? Member, int Item)> _place = [];

    JsonShape()
    {
    }

    /// <exception cref="RefusedException">Invalid: a field is missing, unknown, given twice or of a wrong type.</exception>
    public static void Check(JsonElement value, JsonTypeInfo type) => new JsonShape().CheckValue(value, type);

    /// <summary>A path as people write it: <c>reviews[0].approved</c>.</summary>
    public static string Readable(string? path) => path?.TrimStart('$').TrimStart('.') is { Length: > 0 } named ? named : "The body";

    void CheckValue(JsonElement value, JsonTypeInfo type)
    {
        if (type.Type == typeof(JsonElement))
            return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type);
                break;
            case JsonTypeInfoKind.Enumerable:
                Require(value.ValueKind == JsonValueKind.Array, "an array");
                var items = type.Options.GetTypeInfo(type.ElementType!);
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckPart((null, index++), item, items, mayBeNull: false);
                break;
            case JsonTypeInfoKind.Dictionary:
                Require(value.ValueKind == JsonValueKind.Object, "an object");
                var values = type.Options.GetTypeInfo(type.ElementType!);
                var keys = new HashSet<string>(StringComparer.Ordinal);
                foreach (var entry in value.EnumerateObject())
                {
                    var name = NameOf(entry);
                    RequireOnce(keys.Add(name), name);
                    CheckPart((name, 0), entry.Value, values, mayBeNull: !values.Type.IsValueType);
                }
                break;
            default:
                CheckScalar(value, Nullable.GetUnderlyingType(type.Type) ?? type.Type);
                break;
        }
    }

    void CheckObject(JsonElement value, JsonTypeInfo type)
    {
        Require(value.ValueKind == JsonValueKind.Object, "an object");
        var fields = type.Properties;
        Span<bool> seen = stackalloc bool[fields.Count];
        foreach (var given in value.EnumerateObject())
        {
            var index = IndexOf(given, fields);
            if (index < 0)
                throw Invalid(
                    $"{Join(Path(), NameOf(given))} is not a known field. Known: {string.Join(", ", fields.Select(p => p.Name))}.");
            var field = fields[index];
            RequireOnce(!seen[index], field.Name);
            seen[index] = true;
            CheckPart((field.Name, 0), given.Value, type.Options.GetTypeInfo(field.PropertyType), field.IsSetNullable);
        }
        for (var i = 0; i < fields.Count; i++)
            if (fields[i].IsRequired && !seen[i])
                throw Invalid($"{Join(Path(), fields[i].Name)} is missing.");
    }

    void CheckPart((string? Member, int Item) part, JsonElement value, JsonTypeInfo type, bool mayBeNull)
    {
        _place.Add(part);
        if (value.ValueKind != JsonValueKind.Null || type.Type == typeof(JsonElement))
            CheckValue(value, type);
        else if (!mayBeNull && Nullable.GetUnderlyingType(type.Type) is null)
            throw Invalid($"{Path()} must not be null.");
        _place.RemoveAt(_place.Count - 1);
    }

    void CheckScalar(JsonElement value, Type type)
    {
        if (type == typeof(bool))
            Require(value.ValueKind is JsonValueKind.True or JsonValueKind.False, "true or false");
        else if (type == typeof(string))
        {
            Require(value.ValueKind == JsonValueKind.String, "a string");
            try
            {
                // Only an escape can write half a character: the body is known to be UTF-8.
                if (JsonMarshal.GetRawUtf8Value(value).Contains((byte)'\\'))
                    value.GetString();
            }
            catch (InvalidOperationException)
            {
                throw Invalid($"{Path()} contains a lone surrogate.");
            }
        }
        else if (type.IsEnum)
            Require(value.ValueKind == JsonValueKind.String, "a string");
        else if (type == typeof(int) || type == typeof(long))
            Require(
                value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
                    && (type == typeof(long) || number is >= int.MinValue and <= int.MaxValue),
                "an integer");
    }

    int IndexOf(JsonProperty given, IList<JsonPropertyInfo> fields)
    {
        try
        {
            for (var i = 0; i < fields.Count; i++)
                if (given.NameEquals(fields[i].Name))
                    return i;
            return -1;
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter();
        }
    }

    string NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter();
        }
    }

    RefusedException HalfCharacter() => Invalid($"{Readable(Path())} has a key with a lone surrogate.");

    string Path()
    {
        var path = "";
        foreach (var (member, item) in _place)
            path = member is null ? $"{path}[{item}]" : Join(path, member);
        return path;
    }

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    void RequireOnce(bool first, string name)
    {
        if (!first)
            throw Invalid($"{Join(Path(), name)} is given twice.");
    }

    void Require(bool fits, string wanted)
    {
        if (!fits)
            throw Invalid($"{Readable(Path())} must be {wanted}.");
    }

    static RefusedException Invalid(string detail) => new(Refusal.Invalid, detail);
}
