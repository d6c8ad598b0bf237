using System.Net.Http.Headers;
using System.Text;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

/// <summary>Bodies that no operation gets to see. They end before storage, so that one database is enough.</summary>
[Invariant(10)]
public sealed class BadBodiesTests(SharedApp<SqliteStore> shared) : ApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>
{
    /// <summary>Every call with a body.</summary>
    public static TheoryData<string> Calls =>
    [
        "/api/review/action", "/api/review/request", "/api/graphs", "/api/executions", "/api/executions/x/nodes/y/settle",
        "/api/copilot/sessions/x/run_block", "/api/copilot/sessions/x/continue_run_block",
    ];

    [Theory, MemberData(nameof(Calls))]
    public async Task What_is_not_JSON_is_400_and_says_where(string path)
    {
        foreach (var body in (string[])["", "nonsense", "{", "{\"a\":}", "{} {}", "\uFEFF\uFEFF{}", "{\"a\":01}", "{\"a\":\"\n\"}"])
            Assert.Contains("not JSON", (await Rosa.PostAsync(path, body)).Is(400).Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task What_is_not_UTF8_is_400(string path) =>
        (await Rosa.SendAsync(new(HttpMethod.Post, path) { Content = Json([(byte)'"', 0xFF, (byte)'"']) }, Ct)).Is(400);

    [Theory, MemberData(nameof(Calls))]
    public async Task A_body_that_is_not_the_object_it_should_be_is_422(string path)
    {
        foreach (var body in (string[])["null", "[]", "5", "\"{}\"", "{}", """{"surprise":1}"""])
            (await Rosa.PostAsync(path, body)).Is(422);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task Ten_thousand_levels_are_refused_and_cost_nothing(string path)
    {
        var deep = new string('[', 10_000) + new string(']', 10_000);
        foreach (var body in (string[])[deep, $$"""{"payload":{{deep}},"input_data":{{deep}},"inputs":{{deep}}}""", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)])
            Assert.Contains("nested deeper", (await Rosa.PostAsync(path, body)).Is(422).Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task Five_megabytes_are_refused_by_the_field_and_eleven_as_a_body(string path)
    {
        var five = $"\"{new string('x', 5_000_000)}\"";
        foreach (var field in (string[])["payload", "input_data", "reviews", "name", "graph_id", "review_id", "resolution"])
        {
            var answer = await Rosa.PostAsync(path, $$"""{"{{field}}":{{five}}}""");
            Assert.True(answer.Status is 422 or 404 && answer.Text.Length < 1_000, $"{answer.Status}, {answer.Text.Length} characters");
        }
        // A client that asks before it sends is told at once; one that doesn't may find the connection closed.
        (await Rosa.SendAsync(new(HttpMethod.Post, path) { Content = Json(new byte[11_000_000]), Headers = { ExpectContinue = true } }, Ct))
            .Is(413);
    }

    [Fact]
    public async Task A_payload_of_more_than_1_MB_is_422_and_names_the_field()
    {
        var most = $"\"{new string('é', 499_999)}\"";

        Assert.Contains(
            "payload", (await Rosa.AskAsync(Id + "5", $"\"{new string('x', 5_000_000)}\"")).Is(422).Detail, StringComparison.Ordinal);
        Assert.Contains("payload", (await Rosa.AskAsync(Id + "1", most[..^1] + "x\"")).Is(422).Detail, StringComparison.Ordinal);
        (await Rosa.AskAsync(Id, most)).Is(201);
    }

    [Fact]
    public async Task A_payload_deeper_than_64_is_422_and_names_the_field()
    {
        var deepest = new string('[', 64) + new string(']', 64);

        Assert.Contains("payload", (await Rosa.AskAsync(Id + "1", $"[{deepest}]")).Is(422).Detail, StringComparison.Ordinal);
        (await Rosa.AskAsync(Id, deepest)).Is(201);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task A_body_that_does_not_say_that_it_is_JSON_is_415(string path)
    {
        foreach (var type in (string[])["text/plain", "application/x-www-form-urlencoded"])
            Assert.Contains(
                "application/json",
                (await Rosa.SendAsync(new(HttpMethod.Post, path) { Content = new StringContent("{}", Encoding.UTF8, type) }, Ct)).Is(415)
                    .Detail,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_and_not_a_page()
    {
        Assert.Contains("/api/nothing", (await Rosa.GetAsync("/api/nothing")).Is(404).Detail, StringComparison.Ordinal);
        Assert.Contains("DELETE", (await Rosa.DeleteAsync("/api/review/pending")).Is(405).Detail, StringComparison.Ordinal);
    }

    static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
