using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Blocks.Http;

/// <summary>A request as the block's input says it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Url">Where to.</param>
/// <param name="Headers">The headers, as given.</param>
/// <param name="Body">The bytes of the body; null for none.</param>
/// <param name="BodyType">The content type where the headers don't say one.</param>
/// <param name="Timeout">How long it may take altogether; null where the input does not say.</param>
sealed record HttpCall(
    HttpMethod Method,
    Uri Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    byte[]? Body,
    string? BodyType,
    TimeSpan? Timeout)
{
    /// <summary>True if it may be asked again elsewhere: it changes nothing on a server that keeps to HTTP.</summary>
    public bool FollowsRedirects => Body is null && (Method == HttpMethod.Get || Method == HttpMethod.Head);

    /// <summary>Reads an input in which no fault was found.</summary>
    public static HttpCall Read(JsonElement input, HttpBlockOptions options)
    {
        var url = HttpUrl.Read(input.GetProperty("url").GetString()!, options.AllowPrivateNetworks, out var fault)
            ?? throw new BlockFailedException($"url {fault}. The request was not sent.");
        byte[]? body = null;
        string? bodyType = null;
        if (input.TryGetProperty("body", out var json))
            (body, bodyType) = (Encoding.UTF8.GetBytes(json.GetRawText()), "application/json");
        else if (input.TryGetProperty("body_text", out var text))
            (body, bodyType) = (Encoding.UTF8.GetBytes(text.GetString()!), "text/plain; charset=utf-8");
        return new(
            HttpMethod.Parse(input.TryGetProperty("method", out var method) ? method.GetString() : "GET"),
            url,
            input.TryGetProperty("headers", out var headers)
                ? [.. headers.EnumerateObject().Select(h => KeyValuePair.Create(h.Name, h.Value.GetString()!))]
                : [],
            body,
            bodyType,
            input.TryGetProperty("timeout_seconds", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : null);
    }

    /// <summary>The message to send.</summary>
    /// <param name="url">The address of this hop.</param>
    /// <param name="idempotencyKey">Names this one effect to the server.</param>
    public HttpRequestMessage ToMessage(Uri url, string idempotencyKey)
    {
        var message = new HttpRequestMessage(Method, url) { Content = Body is null ? null : new ByteArrayContent(Body) };
        message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        // What the user says about the request is meant for the server it was approved for, and for no other.
        foreach (var (name, value) in IsSameOrigin(url) ? Headers : [])
            if (!message.Headers.TryAddWithoutValidation(name, value))
                (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        if (message.Content is { } content && BodyType is not null && !content.Headers.Contains("Content-Type"))
            content.Headers.TryAddWithoutValidation("Content-Type", BodyType);
        return message;
    }

    bool IsSameOrigin(Uri url) => url.Scheme == Url.Scheme && url.IdnHost == Url.IdnHost && url.Port == Url.Port;
}
