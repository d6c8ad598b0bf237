using System.Net;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Core.Blocks.Http;

public class PrivateNetworksTests
{
    static HttpBlock Block(HttpNetwork? network = null) =>
        new(Options.Create(new HttpBlockOptions()), network ?? new HttpNetwork(), TimeProvider.System, NullLogger<HttpBlock>.Instance);

    /// <summary>A network in which every public address leads to one server of the test, and names resolve as the test says.</summary>
    sealed class Map(int port, params (string Host, string Address)[] names) : HttpNetwork
    {
        public List<string> Connected { get; } = [];

        public override Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct) =>
            Task.FromResult(names.Where(n => n.Host == host).Select(n => IPAddress.Parse(n.Address)).ToArray());

        public override Task<Stream> ConnectAsync(IPAddress[] addresses, int ignored, CancellationToken ct)
        {
            Connected.AddRange(addresses.Select(a => a.ToString()));
            return base.ConnectAsync([IPAddress.Loopback], port, ct);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://a.localhost/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[64:ff9b::10.0.0.1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[ff02::1]/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://100.100.100.200/")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://172.31.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    public void An_address_that_is_not_public_is_refused_before_a_review(string url) =>
        Assert.Equal("$.url must be a public address (Blocks:Http:AllowPrivateNetworks is off)", Block().Faults($$"""{"url":"{{url}}"}"""));

    [Theory]
    [InlineData("http://93.184.216.34/")]
    [InlineData("http://172.32.0.1/")]
    [InlineData("http://[2606:2800:220:1:248:1893:25c8:1946]/")]
    [InlineData("http://[::ffff:8.8.8.8]/")]
    [InlineData("http://[64:ff9b::8.8.8.8]/")]
    [InlineData("https://localhost.example.com/")]
    public void A_public_address_passes(string url) => Assert.Equal("", Block().Faults($$"""{"url":"{{url}}"}"""));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:169.254.169.254")]
    public async Task A_name_that_resolves_to_a_private_address_is_not_connected_to(string address)
    {
        await using var server = new RawServer(_ => RawServer.Ok("secret"));
        var map = new Map(server.Port, ("innocent.example", address));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Block(map).RunAsync("""{"url":"http://innocent.example/"}"""));

        Assert.Contains("innocent.example is not a public address", failed.Message, StringComparison.Ordinal);
        Assert.Contains("The request was not sent", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task A_real_name_for_loopback_is_not_connected_to()
    {
        // "localhost" is refused by its name already; this is what stands behind that.
        using var connection = new OneConnection(new(), allowPrivateNetworks: false);
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://localhost:9/");

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() =>
            connection.SendAsync(message, TestContext.Current.CancellationToken));

        Assert.IsType<PrivateAddressException>(failed.GetBaseException());
        Assert.False(connection.IsReady);
    }

    [Fact]
    public async Task Of_a_name_with_several_addresses_only_the_public_ones_are_tried()
    {
        await using var server = new RawServer(_ => RawServer.Ok("1"));
        var map = new Map(server.Port, ("both.example", "10.0.0.1"), ("both.example", "93.184.216.34"));

        Assert.Equal("1", (await Block(map).RunAsync("""{"url":"http://both.example/"}""")).On("body"));
        Assert.Equal(["93.184.216.34"], map.Connected);
    }

    [Theory]
    [InlineData("http://127.0.0.1/admin", "must be a public address")]
    [InlineData("http://[::1]/admin", "must be a public address")]
    [InlineData("//localhost/admin", "must be a public address")]
    [InlineData("ftp://public.example/", "must be an http or https address")]
    public async Task A_redirect_to_where_no_request_may_go_is_not_followed(string location, string fault)
    {
        await using var server = new RawServer(_ => $"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            Block(new Map(server.Port, ("public.example", "93.184.216.34"))).RunAsync("""{"url":"http://public.example/"}"""));

        Assert.Contains(fault, failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_redirect_to_a_name_with_a_private_address_is_not_followed()
    {
        await using var server = new RawServer(_ => "HTTP/1.1 302 Found\r\nLocation: http://inside.example/\r\nContent-Length: 0\r\n\r\n");
        var map = new Map(server.Port, ("public.example", "93.184.216.34"), ("inside.example", "192.168.0.1"));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Block(map).RunAsync("""{"url":"http://public.example/"}"""));

        Assert.Contains("inside.example is not a public address", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["93.184.216.34"], map.Connected);
    }

    [Fact]
    public async Task A_GET_follows_a_redirect_and_keeps_its_headers_from_another_server()
    {
        await using var server = new RawServer(request => request.StartsWith("GET /first ", StringComparison.Ordinal)
            ? "HTTP/1.1 302 Found\r\nLocation: /second?x=1\r\nContent-Length: 0\r\n\r\n"
            : request.StartsWith("GET /second?x=1 ", StringComparison.Ordinal)
                ? "HTTP/1.1 307 Moved\r\nLocation: http://other.example/third\r\nContent-Length: 0\r\n\r\n"
                : RawServer.Ok("1"));
        var map = new Map(server.Port, ("public.example", "93.184.216.34"), ("other.example", "93.184.216.35"));

        var outputs = await Block(map).RunAsync("""{"url":"http://public.example/first","headers":{"Authorization":"Bearer x"}}""");

        Assert.Equal("\"http://other.example/third\"", outputs.On("url"));
        Assert.Equal([true, true, false], server.Requests.Select(r => r.Contains("Bearer x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_POST_does_not_follow_a_redirect()
    {
        await using var server = new RawServer(_ => "HTTP/1.1 307 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");

        var outputs = await Block(new Map(server.Port, ("public.example", "93.184.216.34"))).RunAsync(
            """{"url":"http://public.example/","method":"POST","body":{}}""");

        Assert.Equal("307", outputs.On("status"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Redirects_end()
    {
        await using var server = new RawServer(_ => "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");

        var outputs = await Block(new Map(server.Port, ("public.example", "93.184.216.34"))).RunAsync(
            """{"url":"http://public.example/"}""");

        Assert.Equal("302", outputs.On("status"));
        Assert.Equal(6, server.Requests.Count);
    }
}
