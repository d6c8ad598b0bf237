using System.Buffers;

namespace HitlReview.Core.Blocks.Http;

/// <summary>Which headers a request may set.</summary>
static class HttpHeaders
{
    static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // They say where a message ends, where it goes and which effect it is; a request that could set them could say one thing to its
    // reviewer and another to the server.
    static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "Host", "Idempotency-Key", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
    };

    /// <summary>What is wrong with a header; null if nothing.</summary>
    public static string? Fault(string name, string value) =>
        name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters) ? "is not the name of a header"
        : Ours.Contains(name) ? "can't be set by a request"
        : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "must be printable ASCII, on one line"
        : value != value.Trim(' ') ? "must not begin or end with a space" // it would be lost on the way
        : null;
}
