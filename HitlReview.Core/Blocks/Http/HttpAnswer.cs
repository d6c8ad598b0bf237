using System.Text;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.Http;

/// <summary>
/// Makes outputs of an answer. Whatever a server sends becomes a payload: what is no JSON becomes a string, what is no text becomes base64,
/// and what is too long is cut, and said to be.
/// </summary>
static class HttpAnswer
{
    public static async Task<IReadOnlyList<BlockOutput>> ReadAsync(HttpResponseMessage answer, Uri url, int maxBytes, CancellationToken ct)
    {
        var (bytes, isCut) = await ReadBytesAsync(answer.Content, maxBytes, ct);
        var body = Body(bytes, answer.Content.Headers.ContentType?.CharSet, ref isCut);
        return
        [
            new("status", JsonText.Of((int)answer.StatusCode)),
            new("url", JsonText.Of(url.OriginalString, "url")),
            new("headers", Headers(answer)),
            new("truncated", JsonText.Of(isCut)),
            new("body", body),
        ];
    }

    static async Task<(byte[] Bytes, bool IsCut)> ReadBytesAsync(HttpContent content, int maxBytes, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[maxBytes + 1];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return (bytes[..Math.Min(read, maxBytes)], read > maxBytes);
    }

    static JsonText Headers(HttpResponseMessage answer) => JsonParts.Compose(
        answer.Headers.Concat(answer.Content.Headers)
            .GroupBy(header => header.Key.ToLowerInvariant())
            .Select(header => KeyValuePair.Create(header.Key, JsonText.Of(string.Join(", ", header.SelectMany(h => h.Value)), "headers"))),
        "headers");

    static JsonText Body(byte[] bytes, string? charset, ref bool isCut)
    {
        if (Decode(bytes, charset, isCut) is not { } text)
            return Base64(bytes, ref isCut);
        if (!isCut)
        {
            try
            {
                return JsonText.Parse(text, "body");
            }
            catch (RefusedException)
            {
                // Not JSON, or more than a payload may be: then it is text.
            }
        }
        return PayloadText.Fit(text, ref isCut);
    }

    /// <returns>Null if the bytes are not text in this encoding.</returns>
    static string? Decode(byte[] bytes, string? charset, bool isCut)
    {
        try
        {
            var decoder = EncodingOf(charset).GetDecoder();
            var characters = new char[bytes.Length + 2];
            // A character that was cut in two at the end is left out.
            decoder.Convert(bytes, characters, flush: !isCut, out _, out var count, out _);
            return new(characters, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static Encoding EncodingOf(string? charset)
    {
        try
        {
            return Encoding.GetEncoding(
                charset?.Trim('"') ?? "utf-8", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true);
        }
    }

    static JsonText Base64(byte[] bytes, ref bool isCut)
    {
        var most = (JsonLimits.Payload.MaxBytes - 100) / 4 * 3;
        isCut |= bytes.Length > most;
        return JsonText.Parse($$"""{"base64":"{{Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, most)))}}"}""", "body");
    }
}
