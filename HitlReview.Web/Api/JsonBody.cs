using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using HitlReview.Core;
using HitlReview.Web.Hosting;

namespace HitlReview.Web.Api;

/// <summary>Reads a request body strictly, so that what a caller meant and what is done can't differ.</summary>
public static class JsonBody
{
    /// <summary>The most bytes that are read at all. What a field may hold is the business of its operation.</summary>
    public const int MaxBytes = 10_000_000;

    /// <summary>Reads the body as a <typeparamref name="T"/>. Members of type <see cref="JsonElement"/> keep their text to the character.</summary>
    /// <exception cref="RefusedException">
    /// BadRequest: not JSON, or not UTF-8. Invalid: a field is missing, unknown, given twice or of a wrong type, or the nesting is too deep; the message names it.
    /// TooLarge: more than <see cref="MaxBytes"/>.
    /// </exception>
    /// <exception cref="BadHttpRequestException">The content type isn't JSON (415).</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, CancellationToken ct) where T : class
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("The body must be JSON with the header Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        if (context.Request.ContentLength > MaxBytes)
            throw TooLarge();
        // Lent, because what is made of it has its own copy of what it keeps.
        var (lent, length) = await LendAsync(context, ct);
        try
        {
            return Parse<T>(lent.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    /// <summary>Parses what <see cref="ReadAsync"/> has read.</summary>
    public static T Parse<T>(ReadOnlyMemory<byte> body) where T : class
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!Utf8.IsValid(body.Span))
            throw new RefusedException(Refusal.BadRequest, "The body is not valid UTF-8.");
        try
        {
            using (var document = JsonDocument.Parse(body, new() { MaxDepth = Wire.MaxDepth }))
                JsonShape.Check(document.RootElement, Wire.Json.GetTypeInfo(typeof(T)));
            return JsonSerializer.Deserialize<T>(body.Span, Wire.Json)!;
        }
        catch (JsonException e)
        {
            throw Explain(body.Span, e);
        }
    }

    static async Task<(byte[] Lent, int Length)> LendAsync(HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        var large = context.RequestServices.GetRequiredService<LargeBodies>();
        LargeBodies.Pace? pace = null;
        while (true)
        {
            var read = pace is null ? await request.BodyReader.ReadAsync(ct) : await pace.ReadAsync(request.BodyReader, ct);
            if (read.Buffer.Length > MaxBytes)
                throw TooLarge();
            if (pace is null && read.Buffer.Length > LargeBodies.TakenInAloneFrom)
                pace = await large.TakeInAsync(context, read.Buffer.Length, ct);
            if (read.IsCompleted)
            {
                var length = (int)read.Buffer.Length;
                if (length > LargeBodies.From)
                    await large.EnterAsync(context, ct);
                var lent = ArrayPool<byte>.Shared.Rent(length);
                read.Buffer.CopyTo(lent);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return (lent, length);
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The serialiser says in one exception what for the caller are three: not JSON, too deep, or a value that no field takes.</summary>
    static RefusedException Explain(ReadOnlySpan<byte> body, JsonException fault)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= Wire.MaxDepth)
                    return new(Refusal.Invalid, $"The body is nested deeper than {Wire.MaxDepth}.");
        }
        catch (JsonException e)
        {
            return new(Refusal.BadRequest, $"The body is not JSON: fault at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
        return new(Refusal.Invalid, $"{JsonShape.Readable(fault.Path)} has a value that is not accepted.");
    }

    static RefusedException TooLarge() => new(Refusal.TooLarge, "The body is larger than 10 MB.");
}
