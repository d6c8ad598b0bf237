using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>One pass over a JSON text that finds all that a payload must not have, and says where.</summary>
static class JsonScan
{
    /// <summary>One open bracket.</summary>
    sealed class Frame(bool isObject)
    {
        public HashSet<string>? Names { get; } = isObject ? new(StringComparer.Ordinal) : null;
        public string Name { get; set; } = "";
        public int Index { get; set; } = -1;
    }

    /// <exception cref="RefusedException">The text is refused; the message names the field and the place.</exception>
    public static void Check(string text, string field, JsonLimits limits)
    {
        if (Encoding.UTF8.GetByteCount(text) > limits.MaxBytes)
            throw Invalid(field, string.Create(CultureInfo.InvariantCulture, $"is larger than {limits.MaxBytes:N0} bytes of UTF-8"));

        if (JsonText.IsWellFormed(text))
        {
            Walk(text, field, limits);
            return;
        }
        // The walk finds the place of a surrogate that is written as an escape. Where writing it so would make
        // something valid of it (behind a backslash, or as half of a pair), it is refused without its place.
        Walk(EscapeSurrogates(text), field, limits);
        throw Invalid(field, "contains a lone surrogate");
    }

    static void Walk(string text, string field, JsonLimits limits)
    {
        using var utf8 = new LentUtf8(text);
        var open = new List<Frame>();
        var reader = new Utf8JsonReader(utf8.Bytes, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
        try
        {
            while (reader.Read())
                Step(ref reader, open, field, limits);
        }
        catch (JsonException e)
        {
            throw new RefusedException(Refusal.BadRequest, $"{field} is not JSON: fault at {JsonFault.Where(utf8.Bytes, e)}.");
        }
    }

    static void Step(ref Utf8JsonReader reader, List<Frame> open, string field, JsonLimits limits)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                open.RemoveAt(open.Count - 1);
                return;
            case JsonTokenType.PropertyName:
                var frame = open[^1];
                frame.Name = Decode(ref reader)
                    ?? throw Invalid(field, $"contains a lone surrogate in a key of {PathTo(open, open.Count - 1)}");
                if (!frame.Names!.Add(frame.Name))
                    throw Invalid(field, $"has a key twice: {PathTo(open, open.Count)}");
                return;
        }

        if (open is [.., { Names: null } array])
            array.Index++;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (open.Count == limits.MaxDepth)
                    throw Invalid(field, $"is nested deeper than {limits.MaxDepth} at {PathTo(open, open.Count)}");
                open.Add(new(reader.TokenType == JsonTokenType.StartObject));
                break;
            case JsonTokenType.String when reader.ValueIsEscaped && Decode(ref reader) is null:
                throw Invalid(field, $"contains a lone surrogate at {PathTo(open, open.Count)}");
        }
    }

    /// <returns>Null if the string has a lone surrogate.</returns>
    static string? Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    static string EscapeSurrogates(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                escaped.Append(text[i]).Append(text[++i]);
            else if (char.IsSurrogate(text[i]))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            else
                escaped.Append(text[i]);
        }
        return escaped.ToString();
    }

    static string PathTo(List<Frame> open, int depth)
    {
        var path = JsonPath.Root;
        foreach (var frame in open.Take(depth))
            path = frame.Names is null ? JsonPath.Item(path, frame.Index) : JsonPath.Member(path, frame.Name);
        return JsonPath.Shorten(path);
    }

    static RefusedException Invalid(string field, string fault) => new(Refusal.Invalid, $"{field} {fault}.");
}
