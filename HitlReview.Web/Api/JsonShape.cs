using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HitlReview.Core;

namespace HitlReview.Web.Api;

/// <summary>
/// Compares a body with the type it is to become, before the serialiser does: so that a refusal names the caller's field, not our type.
/// </summary>
static class JsonShape
{
    /// <exception cref="RefusedException">Invalid: a field is missing, unknown, given twice or of a wrong type.</exception>
    public static void Check(JsonElement value, JsonTypeInfo type) => Check(value, type, "");

    /// <summary>A path as people write it: <c>reviews[0].approved</c>.</summary>
    public static string Readable(string? path) => path?.TrimStart('$').TrimStart('.') is { Length: > 0 } named ? named : "The body";

    static void Check(JsonElement value, JsonTypeInfo type, string path)
    {
        if (type.Type == typeof(JsonElement))
            return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                Require(value.ValueKind == JsonValueKind.Array, path, "an array");
                var items = type.Options.GetTypeInfo(type.ElementType!);
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckMember(item, items, $"{path}[{index++}]", mayBeNull: false);
                break;
            case JsonTypeInfoKind.Dictionary:
                Require(value.ValueKind == JsonValueKind.Object, path, "an object");
                var values = type.Options.GetTypeInfo(type.ElementType!);
                var keys = new HashSet<string>(StringComparer.Ordinal);
                foreach (var entry in value.EnumerateObject())
                {
                    var name = NameOf(entry, path);
                    RequireOnce(keys.Add(name), path, name);
                    CheckMember(entry.Value, values, Join(path, name), mayBeNull: !values.Type.IsValueType);
                }
                break;
            default:
                CheckScalar(value, Nullable.GetUnderlyingType(type.Type) ?? type.Type, path);
                break;
        }
    }

    static void CheckObject(JsonElement value, JsonTypeInfo type, string path)
    {
        Require(value.ValueKind == JsonValueKind.Object, path, "an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            var name = NameOf(field, path);
            RequireOnce(seen.Add(name), path, name);
            var property = type.Properties.FirstOrDefault(p => p.Name == name)
                ?? throw Invalid($"{Join(path, name)} is not a known field. Known: {string.Join(", ", type.Properties.Select(p => p.Name))}.");
            CheckMember(field.Value, type.Options.GetTypeInfo(property.PropertyType), Join(path, name), property.IsSetNullable);
        }
        if (type.Properties.FirstOrDefault(p => p.IsRequired && !seen.Contains(p.Name)) is { } missing)
            throw Invalid($"{Join(path, missing.Name)} is missing.");
    }

    static void CheckMember(JsonElement value, JsonTypeInfo type, string path, bool mayBeNull)
    {
        if (value.ValueKind != JsonValueKind.Null || type.Type == typeof(JsonElement))
            Check(value, type, path);
        else if (!mayBeNull && Nullable.GetUnderlyingType(type.Type) is null)
            throw Invalid($"{path} must not be null.");
    }

    static void CheckScalar(JsonElement value, Type type, string path)
    {
        if (type == typeof(bool))
            Require(value.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "true or false");
        else if (type == typeof(string))
        {
            Require(value.ValueKind == JsonValueKind.String, path, "a string");
            try
            {
                value.GetString();
            }
            catch (InvalidOperationException)
            {
                throw Invalid($"{path} contains a lone surrogate.");
            }
        }
        else if (type.IsEnum)
            Require(value.ValueKind == JsonValueKind.String, path, "a string");
        else if (type == typeof(int) || type == typeof(long))
            Require(value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && (type == typeof(long) || number is >= int.MinValue and <= int.MaxValue), path, "an integer");
    }

    static string NameOf(JsonProperty field, string path)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"{Readable(path)} has a key with a lone surrogate.");
        }
    }

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    static void RequireOnce(bool first, string path, string name)
    {
        if (!first)
            throw Invalid($"{Join(path, name)} is given twice.");
    }

    static void Require(bool fits, string path, string wanted)
    {
        if (!fits)
            throw Invalid($"{Readable(path)} must be {wanted}.");
    }

    static RefusedException Invalid(string detail) => new(Refusal.Invalid, detail);
}
