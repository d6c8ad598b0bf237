using System.Text.Json;
using System.Text.Unicode;
using HitlReview.Core;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Wire;

/// <summary>Parses a request body strictly, so that what a caller meant and what is done can't differ.</summary>
public static class JsonBody
{
    /// <summary>
    /// The body as a <typeparamref name="T"/>. Members of type <see cref="JsonElement"/> keep their text to the character.
    /// </summary>
    /// <exception cref="RefusedException">
    /// BadRequest: not JSON, or not UTF-8. Invalid: a field is missing, unknown, given twice or of a wrong type, or the nesting is too
    /// deep; the message names it.
    /// </exception>
    public static T Parse<T>(ReadOnlyMemory<byte> body) where T : class
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!Utf8.IsValid(body.Span))
            throw new RefusedException(Refusal.BadRequest, "The body is not valid UTF-8.");
        try
        {
            using (var document = JsonDocument.Parse(body, new() { MaxDepth = WireJson.MaxDepth }))
                JsonShape.Check(document.RootElement, WireJson.Options.GetTypeInfo(typeof(T)));
            return JsonSerializer.Deserialize<T>(body.Span, WireJson.Options)!;
        }
        catch (JsonException e)
        {
            throw Explain(body.Span, e);
        }
    }

    /// <summary>
    /// The serialiser says in one exception what for the caller are three: not JSON, too deep, or a value that no field takes.
    /// </summary>
    static RefusedException Explain(ReadOnlySpan<byte> body, JsonException fault)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= WireJson.MaxDepth)
                    return new(Refusal.Invalid, $"The body is nested deeper than {WireJson.MaxDepth}.");
        }
        catch (JsonException e)
        {
            return new(Refusal.BadRequest, $"The body is not JSON: fault at {JsonFault.Where(body, e)}.");
        }
        return new(Refusal.Invalid, $"{JsonShape.Readable(fault.Path)} has a value that is not accepted.");
    }
}
