using System.Globalization;
using System.Text.Json;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Blocks.Http;

/// <summary>Sends one HTTP request and emits the answer, whatever its status. It never sends a request a second time.</summary>
public sealed partial class HttpBlock : Block
{
    /// <summary>The id of this block.</summary>
    public const string BlockId = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";

    readonly HttpBlockOptions _options;
    readonly HttpNetwork _network;
    readonly TimeProvider _clock;
    readonly ILogger _log;

    /// <summary>Makes the block.</summary>
    public HttpBlock(IOptions<HttpBlockOptions> options, TimeProvider clock, ILogger<HttpBlock> log) : this(options, new(), clock, log)
    {
    }

    internal HttpBlock(IOptions<HttpBlockOptions> options, HttpNetwork network, TimeProvider clock, ILogger<HttpBlock> log) : base(
        BlockId,
        "HTTP request",
        "Sends an HTTP request exactly as reviewed, once, and emits the answer.",
        """
        {
          "type": "object",
          "properties": {
            "url": { "title": "Address", "description": "An http or https address; sent as written.",
              "type": "string", "minLength": 1, "maxLength": 8000 },
            "method": { "title": "Method", "description": "GET if neither this nor a body is given.",
              "type": "string", "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "default": "GET" },
            "headers": { "title": "Headers", "description": "Header names and values.",
              "type": "object", "additionalProperties": { "type": "string" }, "maxProperties": 100 },
            "body": { "title": "Body", "description": "Any JSON; sent byte for byte, as application/json unless a header says otherwise." },
            "body_text": { "title": "Text body", "description": "A text to send in place of JSON, in UTF-8.", "type": "string" },
            "timeout_seconds": { "title": "Time limit", "description": "Seconds that the request may take altogether.",
              "type": "number", "minimum": 1, "maximum": 600 }
          },
          "required": ["url"],
          "additionalProperties": false
        }
        """,
        """
        {
          "type": "object",
          "properties": {
            "status": { "title": "Status", "description": "The status code of the answer.", "type": "integer" },
            "url": { "title": "Address", "description": "The address that answered, after redirects.", "type": "string" },
            "headers": { "title": "Headers", "description": "The headers of the answer, names in lower case.",
              "type": "object", "additionalProperties": { "type": "string" } },
            "truncated": { "title": "Truncated", "description": "True if the body was longer than what is read of it.", "type": "boolean" },
            "body": { "title": "Body", "description": "The body: JSON as it came, else a string, else an object with the bytes as base64." }
          },
          "additionalProperties": false
        }
        """)
    {
        _options = options.Value;
        _network = network;
        _clock = clock;
        _log = log;
    }

    /// <inheritdoc/>
    public override bool IsSensitiveAction => true;

    /// <inheritdoc/>
    public override bool ReadsForeignText => true;

    /// <inheritdoc/>
    public override string ActionInWords => "Send a {method} request to {url}";

    /// <inheritdoc/>
    protected override IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete)
    {
        if (input.TryGetProperty("url", out var url)
            && HttpUrl.Read(url.GetString()!, _options.AllowPrivateNetworks, out var fault) is null)
            yield return new("$.url", fault);

        var hasBody = input.TryGetProperty("body", out _);
        var hasText = input.TryGetProperty("body_text", out _);
        if (hasBody && hasText)
            yield return new("$.body_text", "can't be sent together with body");
        if (isComplete && (hasBody || hasText) && !input.TryGetProperty("method", out _))
            yield return new("$.method", "is missing; a request with a body must say it");

        if (!input.TryGetProperty("headers", out var headers))
            yield break;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in headers.EnumerateObject())
            if (HttpHeaders.Fault(header.Name, header.Value.GetString()!) is { } headerFault)
                yield return new(JsonPath.Member("$.headers", header.Name), headerFault);
            else if (!seen.Add(header.Name))
                yield return new(JsonPath.Member("$.headers", header.Name), "is there twice; capitals don't matter in names of headers");
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        var call = HttpCall.Read(input.Root, _options);
        var limit = call.Timeout ?? _options.Timeout;
        using var time = new CancellationTokenSource(limit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);

        var url = call.Url;
        for (var hop = 0; ; hop++)
        {
            using var connection = new OneConnection(_network, _options.AllowPrivateNetworks);
            HttpResponseMessage? answer = null;
            try
            {
                using var message = call.ToMessage(url, context.NodeExecId);
                answer = await connection.SendAsync(message, both.Token);
                if (hop < _options.MaxRedirects && call.FollowsRedirects
                    && HttpRedirect.Target(answer, url, _options.AllowPrivateNetworks) is { } next)
                {
                    url = next;
                    continue;
                }
                var outputs = await HttpAnswer.ReadAsync(answer, url, _options.MaxResponseBytes, both.Token);
                Answered(_log, context.NodeExecId, call.Method, url.Host, (int)answer.StatusCode);
                return outputs;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested && hop == 0 && !connection.IsReady)
            {
                throw; // stopped before anything was sent
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                var mayHaveBeenSent = hop > 0 || connection.IsReady;
                NotAnswered(_log, context.NodeExecId, call.Method, url.Host, mayHaveBeenSent, e);
                var became = answer is not null
                    ? $"The server had received the request and begun to answer with status {(int)answer.StatusCode}."
                    : mayHaveBeenSent ? "The request may have reached the server; it was not sent again." : "The request was not sent.";
                var reason = ct.IsCancellationRequested ? "stopped while it waited for the answer"
                    : time.IsCancellationRequested ? string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds} s")
                    : Reason(e, url);
                throw new BlockFailedException(
                    $"{call.Method} {url.Authority}: {reason}. {became}", e);
            }
            finally
            {
                answer?.Dispose();
            }
        }
    }

    static string Reason(Exception e, Uri url) =>
        e.GetBaseException() is PrivateAddressException cause ? $"{cause.Message} (Blocks:Http:AllowPrivateNetworks is off)"
        : e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } ? $"the host {url.Host} was not found"
        : e.GetBaseException().Message.TrimEnd('.');
}
