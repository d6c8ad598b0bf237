using System.Globalization;
using System.Text.Json;

namespace HitlReview.Core.Blocks.Pick;

/// <summary>RFC 6901.</summary>
static class JsonPointer
{
    public static bool IsWellFormed(string pointer)
    {
        if (pointer.Length > 0 && pointer[0] != '/')
            return false;
        for (var tilde = pointer.IndexOf('~'); tilde >= 0; tilde = pointer.IndexOf('~', tilde + 1))
            if (tilde + 1 == pointer.Length || pointer[tilde + 1] is not ('0' or '1'))
                return false;
        return true;
    }

    /// <summary>The value a pointer leads to; null if there is none.</summary>
    public static JsonElement? Find(JsonElement value, string pointer)
    {
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member))
                value = member;
            else if (value.ValueKind == JsonValueKind.Array && Position(name) is { } position && position < value.GetArrayLength())
                value = value[position];
            else
                return null;
        }
        return value;
    }

    static int? Position(string name) =>
        name is "0" or [not '0', ..] && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;
}
