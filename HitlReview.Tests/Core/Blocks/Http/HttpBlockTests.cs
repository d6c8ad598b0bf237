using System.Text;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Http;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core.Blocks.Http;

public class HttpBlockTests
{
    readonly FakeTimeProvider _clock = new();

    HttpBlock Block(Action<HttpBlockOptions>? set = null)
    {
        var options = new HttpBlockOptions { AllowPrivateNetworks = true };
        set?.Invoke(options);
        return new(Options.Create(options), _clock, NullLogger<HttpBlock>.Instance);
    }

    [Fact]
    public async Task A_body_is_sent_to_the_byte()
    {
        const string body = """{ "z":12345678901234567890, "a":1.10,"e":1e400,"nul":"\u0000","é":"😀","slash":"\/","esc":"\u00e9" }""";
        await using var server = new RawServer(_ => RawServer.Ok(""));

        await Block().RunAsync($$"""{"url":"{{server.Url}}/pay","method":"POST","body":{{body}}}""");

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /pay HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            body,
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])));
        Assert.Contains("\r\nContent-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nIdempotency-Key: node-exec-1\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task A_falsy_body_is_a_body(string body)
    {
        await using var server = new RawServer(_ => RawServer.Ok(""));

        await Block().RunAsync($$"""{"url":"{{server.Url}}","method":"PUT","body":{{body}}}""");

        Assert.EndsWith("\r\n\r\n" + body, Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_body_is_sent_as_it_is_with_the_content_type_of_the_headers()
    {
        await using var server = new RawServer(_ => RawServer.Ok(""));

        await Block().RunAsync($$$"""{"url":"{{{server.Url}}}","method":"POST","body_text":"a=1&b=\u0000\n","headers":{"content-type":"application/x-www-form-urlencoded","X-A":"b, c"}}""");

        var request = Assert.Single(server.Requests);
        Assert.EndsWith("\r\n\r\na=1&b=\0\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/x-www-form-urlencoded\r\n", request, StringComparison.Ordinal);
        Assert.Contains("X-A: b, c\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/../b/%2e%2e/%41//c?q=%20+%C3%A9&x=[1]")]
    [InlineData("/")]
    [InlineData("/.//..")]
    [InlineData("", "/")]
    [InlineData("?q=1/2", "/?q=1/2")]
    public async Task An_address_is_sent_as_it_was_written(string path, string? sent = null)
    {
        await using var server = new RawServer(_ => RawServer.Ok(""));

        await Block().RunAsync($$"""{"url":"{{server.Url + path}}"}""");

        Assert.StartsWith($"GET {sent ?? path} HTTP/1.1\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":1.10,"b":12345678901234567890}""", """{"a":1.10,"b":12345678901234567890}""")]
    [InlineData("not JSON", "\"not JSON\"")]
    [InlineData("", "\"\"")]
    [InlineData("""{"a":1,"a":2}""", """
        "{\"a\":1,\"a\":2}"
        """)]
    [InlineData("ÿþ", """{"base64":"//4="}""")]
    public async Task An_answer_becomes_JSON_or_a_string_or_base64(string body, string output)
    {
        await using var server = new RawServer(_ => RawServer.Ok(body, "X-Id: 7\r\n"));

        var outputs = await Block().RunAsync($$"""{"url":"{{server.Url}}"}""");

        Assert.Equal("200", outputs.On("status"));
        Assert.Equal(output, outputs.On("body"));
        Assert.Equal("false", outputs.On("truncated"));
        Assert.Contains("\"x-id\":\"7\"", outputs.On("headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_in_another_encoding_is_decoded()
    {
        await using var server = new RawServer(_ => RawServer.Ok("é", "Content-Type: text/plain; charset=ISO-8859-1\r\n"));

        Assert.Equal("\"é\"", (await Block().RunAsync($$"""{"url":"{{server.Url}}"}""")).On("body"));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    public async Task An_answer_that_says_no_is_an_output_too(int status)
    {
        await using var server = new RawServer(_ => $"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\n{{}}");

        var outputs = await Block().RunAsync($$"""{"url":"{{server.Url}}","method":"DELETE"}""");

        Assert.Equal($"{status}", outputs.On("status"));
        Assert.Equal("{}", outputs.On("body"));
    }

    [Fact]
    public async Task What_is_left_out_of_a_long_answer_is_said()
    {
        await using var server = new RawServer(_ => RawServer.Ok("[1,2,3,4]"));

        var outputs = await Block(options => options.MaxResponseBytes = 8).RunAsync($$"""{"url":"{{server.Url}}"}""");

        Assert.Equal("true", outputs.On("truncated"));
        Assert.Equal("\"[1,2,3,4\"", outputs.On("body"));
    }

    [Fact]
    public async Task An_answer_that_grows_beyond_a_payload_when_it_is_escaped_is_cut_and_said_to_be()
    {
        await using var server = new RawServer(_ => RawServer.Ok(new string('\u0001', 900_000)));

        var outputs = await Block().RunAsync($$"""{"url":"{{server.Url}}"}""");

        Assert.Equal("true", outputs.On("truncated"));
        Assert.InRange(outputs.On("body").Length, 990_000, JsonLimits.Payload.MaxBytes);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_request_is_sent_once_though_the_server_drops_the_connection(string method)
    {
        await using var server = new RawServer(_ => null);

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            Block().RunAsync($$"""{"url":"{{server.Url}}","method":"{{method}}"}"""));

        Assert.Contains("may have reached the server", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task No_connection_means_that_nothing_was_sent()
    {
        int port;
        await using (var server = new RawServer(_ => null))
            port = server.Port;

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Block().RunAsync($$"""{"url":"http://127.0.0.1:{{port}}/"}"""));

        Assert.Contains("The request was not sent", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_handshake_means_that_nothing_was_sent()
    {
        await using var server = new RawServer(_ => "no TLS here");

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            Block().RunAsync($$"""{"url":"https://127.0.0.1:{{server.Port}}/"}"""));

        Assert.Contains("The request was not sent", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_says_that_the_server_had_the_request()
    {
        await using var server = new RawServer(request =>
            request.StartsWith("GET /cut", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" : null);
        var run = Block().RunAsync($$"""{"url":"{{server.Url}}/cut"}""");
        await server.Asked.Task;

        _clock.Advance(TimeSpan.FromSeconds(31));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => run);
        Assert.Contains("no answer within 30 s", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_limit_of_the_input_ends_a_request_that_is_not_answered()
    {
        await using var server = new RawServer(_ => "");
        var run = Block().RunAsync($$"""{"url":"{{server.Url}}","timeout_seconds":2.5}""");
        await server.Asked.Task;

        _clock.Advance(TimeSpan.FromSeconds(3));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => run);
        Assert.Contains("no answer within 2.5 s. The request may have reached the server", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_while_waiting_for_the_answer_says_that_the_request_was_out()
    {
        await using var server = new RawServer(_ => "");
        using var stop = new CancellationTokenSource();
        var run = Block().RunUntilAsync($$"""{"url":"{{server.Url}}"}""", stop.Token);
        await server.Asked.Task;

        await stop.CancelAsync();

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => run);
        Assert.Contains(
            "stopped while it waited for the answer. The request may have reached the server", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_before_anything_was_sent_is_a_cancellation()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Block().RunUntilAsync("""{"url":"http://127.0.0.1:9/"}""", stop.Token));
    }

    [Theory]
    [InlineData("""{}""", "$.url is missing")]
    [InlineData("""{"url":"ftp://example.com/"}""", "$.url must be an http or https address")]
    [InlineData("""{"url":"example.com"}""", "$.url must be an http or https address")]
    [InlineData("""{"url":"http://"}""", "$.url must be an http or https address")]
    [InlineData("""{"url":"http://user:secret@example.com/"}""", "$.url must not hold a user name or password")]
    [InlineData("""{"url":"http://example.com/\r\nX: y"}""", "$.url must be an http or https address without a fragment")]
    [InlineData("""{"url":"http://example.com/a b"}""", "$.url must be an http or https address without a fragment")]
    [InlineData("""{"url":"http://ex\u202eample.com/"}""", "$.url must be an http or https address without a fragment")]
    [InlineData("""{"url":"http://good.example\\@evil.example/"}""", "$.url must be an http or https address without a fragment")]
    [InlineData("""{"url":"http://ex%61mple.com/"}""", "$.url must")]
    [InlineData("""{"url":"http://0x5db8d822/"}""", "$.url must name its host as it is called, 93.184.216.34")]
    [InlineData("""{"url":"http://1572395042:80/"}""", "$.url must name its host as it is called, 93.184.216.34")]
    [InlineData("""{"url":"http://example.com/","method":"TRACE"}""", "$.method must be one of")]
    [InlineData(
        """{"url":"http://example.com/","method":"POST","body":1,"body_text":""}""", "$.body_text can't be sent together with body")]
    [InlineData("""{"url":"http://example.com/","body":1}""", "$.method is missing")]
    [InlineData("""{"url":"http://example.com/","timeout_seconds":0}""", "$.timeout_seconds must be at least 1")]
    [InlineData("""{"url":"http://example.com/","timeout_seconds":1e400}""", "$.timeout_seconds must be at most 600")]
    [InlineData("""{"url":"http://example.com/","headers":{"X":"a\r\nY: b"}}""", "$.headers.X must be printable ASCII")]
    [InlineData("""{"url":"http://example.com/","headers":{"X\r\nY":"b"}}""", "$.headers[\"X\\r\\nY\"] is not the name of a header")]
    [InlineData("""{"url":"http://example.com/","headers":{"":"b"}}""", "$.headers[\"\"] is not the name of a header")]
    [InlineData("""{"url":"http://example.com/","headers":{"X":"é"}}""", "$.headers.X must be printable ASCII")]
    [InlineData("""{"url":"http://example.com/","headers":{"X":" a"}}""", "$.headers.X must not begin or end with a space")]
    [InlineData("""{"url":"http://example.com/","headers":{"hOsT":"b"}}""", "$.headers.hOsT can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"Content-Length":"1"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"Transfer-Encoding":"chunked"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"idempotency-key":"1"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"X-HTTP-Method-Override":"DELETE"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"x-http-method":"DELETE"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"X-Method-Override":"DELETE"}}""", "can't be set")]
    [InlineData("""{"url":"http://example.com/","headers":{"a":"1","A":"2"}}""", "$.headers.A is there twice")]
    [InlineData("""{"url":"http://example.com/","headers":{"a":1}}""", "$.headers.a must be a string")]
    [InlineData("""{"url":"http://example.com/","verify":false}""", "$.verify is unknown")]
    public void What_could_not_be_sent_is_refused_before_a_review(string input, string fault) =>
        Assert.Contains(fault, Block().Faults(input), StringComparison.Ordinal);

    [Fact]
    public void Of_the_defaults_only_what_is_there_is_checked()
    {
        Assert.Equal("", Block().DefaultFaults("""{"body":{}}"""));
        Assert.Contains("$.url must be", Block().DefaultFaults("""{"url":"gopher://x"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_out_of_range_is_named() =>
        Assert.Equal(
            [
                "Blocks:Http:Timeout must be between 1 s and 10 min; it is 0 s.",
                "Blocks:Http:MaxResponseBytes must be between 1 and 1,000,000; it is 0.",
                "Blocks:Http:MaxRedirects must be between 0 and 20; it is -1."],
            new HttpBlockOptions { Timeout = TimeSpan.Zero, MaxResponseBytes = 0, MaxRedirects = -1 }.Faults());
}
