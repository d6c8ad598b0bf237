using System.Text.Json;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class ReviewApiOnSqlite(SharedApp<SqliteStore> shared) : ReviewApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class ReviewApiOnPostgres(
    SharedApp<PostgresStore> shared) : ReviewApiSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary>Asking, reading, waiting and consuming.</summary>
public abstract class ReviewApiSpec(TestApp app) : ApiSpec(app)
{
    [Fact]
    public async Task A_new_review_is_201_with_all_of_the_model()
    {
        var answer = await Rosa.PostAsync("/api/review/request", $$"""
            {"node_exec_id":"{{Id}}","graph_exec_id":"run","graph_id":"graph","graph_version":3,"node_id":"node","payload":{"b":1,"a":[]},"instructions":" Really? ","editable":false}
            """);

        Assert.Equal($"/api/review/{Id}", answer.Is(201).Header("Location"));
        Assert.Equal(
            [
                "node_exec_id", "node_id", "user_id", "graph_exec_id", "graph_id", "graph_version", "payload", "payload_hash",
                "instructions", "editable", "status", "review_message", "was_edited", "processed", "auto_approved", "created_at",
                "updated_at", "reviewed_at", "reviewed_by", "reviewed_with", "asked_by", "block_id", "block_name", "allowed_actions",
                "review_url",
            ],
            answer.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"b":1,"a":[]}""", answer.Raw("payload"));
        Assert.Equal("ffe4d5ca177ff02cd91f9b5ec45088c674bcdd817f0b2840d0463c78ab88f8af", answer.String("payload_hash"));
        Assert.Equal(
            ("Really?", "WAITING", RosaHerself.Id, 3),
            (
                answer.String("instructions"), answer.String("status"), answer.String("user_id"),
                answer.Json.GetProperty("graph_version").GetInt32()));
        Assert.Equal(("tests", "null"), (answer.String("asked_by"), answer.Raw("reviewed_with")));
        // Whoever asks doesn't decide.
        Assert.Equal("""["stop"]""", answer.Raw("allowed_actions"));
        using var deciding = App.ClientWithKey(RosaHerself.DecidingKey);
        Assert.Equal("""["approve","reject","auto_approve","stop"]""",
            (await deciding.CallAsync($"/api/review/{Id}")).Is(200).Raw("allowed_actions"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", answer.String("created_at"));
        Assert.EndsWith($"/review/{Id}", answer.String("review_url"), StringComparison.Ordinal);
        Assert.StartsWith("http://", answer.String("review_url"), StringComparison.Ordinal);
        Assert.Equal(
            answer.Text.Replace($",\"review_url\":\"{answer.String("review_url")}\"", "", StringComparison.Ordinal),
            (await Rosa.GetAsync($"/api/review/{Id}")).Text);
    }

    [Theory]
    [InlineData("12345678901234567890")]
    [InlineData("1.10")]
    [InlineData("1e400")]
    [InlineData("-0")]
    [InlineData("""{"b":1,"a":{"z":[1,2.50]}}""")]
    [InlineData("""["\u0000","\u202e","\ud83d\ude00","é","a\tb"]""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("""{"k":1,"k\u200b":2,"data":"tidy up","instructions":"x","command":"rm -rf /"}""")]
    [Invariant(4)]
    public async Task A_payload_comes_back_to_the_byte_and_an_untouched_approval_is_no_edit(string payload)
    {
        var asked = await Rosa.AskAsync(Id, payload, Id);
        Assert.Equal(payload, asked.Is(201).Raw("payload"));

        (await Rosa.DecideAsync(Id, true, $",\"reviewed_json\":{ApiClient.Quoted(payload)}")).Is(200);

        Assert.Equal(
            $$"""{"payload":{{payload}},"was_edited":false,"original_payload":null,"review_message":null}""",
            (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(200).Text);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("12345678901234567891")]
    [Invariant(4)]
    public async Task Consume_gives_exactly_the_edit_however_empty_it_is_and_says_that_a_person_changed_it(string edit)
    {
        const string Asked = """{"n":12345678901234567890}""";
        await Rosa.AskAsync(Id, Asked, Id);
        (await Rosa.DecideAsync(Id, true, $",\"reviewed_json\":\"{JsonEncodedText.Encode(edit)}\",\"message\":\"changed\"")).Is(200);

        Assert.Equal(
            $$"""{"payload":{{edit}},"was_edited":true,"original_payload":{{Asked}},"review_message":"changed"}""",
            (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(200).Text);
    }

    [Fact, Invariant(4)]
    public async Task Reviewed_data_null_means_no_edit()
    {
        await Rosa.AskAsync(Id, "5", Id);
        (await Rosa.DecideAsync(Id, true, ",\"reviewed_data\":null")).Is(200);

        Assert.Equal("5", (await Rosa.PostAsync($"/api/review/{Id}/consume")).Raw("payload"));
    }

    [Fact]
    public async Task Asking_again_is_200_with_the_same_review_and_changes_nothing()
    {
        var first = await Rosa.AskAsync(Id, "1", Id);
        var again = await Rosa.AskAsync(Id, "2", Id, more: ",\"editable\":false");

        Assert.Equal(first.Is(201).Text, again.Is(200).Text);
    }

    [Fact]
    public async Task Asking_again_for_a_consumed_review_is_200_and_processed()
    {
        await Rosa.AskAsync(Id, "1", Id);
        await Rosa.DecideAsync(Id, true);
        await Rosa.PostAsync($"/api/review/{Id}/consume");

        var again = await Rosa.AskAsync(Id, "1", Id);
        Assert.Equal(("true", "APPROVED", "[]"), (again.Is(200).Raw("processed"), again.String("status"), again.Raw("allowed_actions")));
    }

    [Theory]
    [InlineData("""{"graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"i","node_id":"n","payload":1}""", "graph_exec_id")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","payload":1}""", "node_id")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n"}""", "payload")]
    [InlineData("""{"node_exec_id":"","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":null,"graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"a\u0000b","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"a\u200bb","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"..","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"pending","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"Pending","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"Auto-Approvals","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":" a","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"a","graph_exec_id":"e ","node_id":"n","payload":1}""", "graph_exec_id")]
    [InlineData("""{"node_exec_id":"a","graph_exec_id":"e","node_id":"n\u00a0n","payload":1}""", "node_id")]
    [InlineData("""{"node_exec_id":"a\u2800","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"a\u3164","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"copilot-node-x:12345678","graph_exec_id":"e","node_id":"n","payload":1}""", "node_exec_id")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":1,"graph_version":1.5}""", "graph_version")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":1,"graph_version":99999999999}""", "graph_version")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":1,"editable":"no"}""", "editable")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":1,"user_id":"someone"}""", "user_id")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":{"a":1,"\u0061":2}}""", "payload")]
    [InlineData("""{"node_exec_id":"i","graph_exec_id":"e","node_id":"n","payload":"\udc00"}""", "payload")]
    [Invariant(10)]
    public async Task A_request_of_the_wrong_shape_names_its_field(string body, string field)
    {
        Assert.Contains(field, (await Rosa.PostAsync("/api/review/request", body)).Is(422).Detail, StringComparison.Ordinal);
        Assert.Equal("0", (await Rosa.GetAsync("/api/review/pending")).Header("X-Total-Count"));
    }

    [Theory]
    [InlineData("a/b c")]
    [InlineData("100%")]
    [InlineData("a%2Fb")]
    [InlineData("ä?x=1&y#z")]
    [InlineData("+")]
    [InlineData("a\\b")]
    [InlineData("<script>")]
    public async Task An_id_may_have_any_visible_characters_and_is_found_at_its_address(string tail)
    {
        var id = Id + tail;
        var asked = (await Rosa.AskAsync(id, "1", id)).Is(201);

        Assert.Equal(id, (await Rosa.GetAsync(asked.Header("Location")!)).Is(200).String("node_exec_id"));
        Assert.Equal(
            id,
            (await Rosa.GetAsync($"/api/review/execution/{Uri.EscapeDataString(id)}")).Json[0].GetProperty("graph_exec_id").GetString());
        await Rosa.DecideAsync(id, true);
        (await Rosa.PostAsync($"/api/review/{Uri.EscapeDataString(id)}/consume")).Is(200);
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_answers_a_request_with_its_own_payload_and_that_review_is_consumed_once_too()
    {
        await Rosa.AskAsync(Id + "1", "1", Id);
        await Rosa.DecideAsync(Id + "1", true, ",\"auto_approve_future\":true");

        var answered = (await Rosa.AskAsync(Id + "2", "2", Id)).Is(200);
        Assert.Equal(("APPROVED", "true", "2"), (answered.String("status"), answered.Raw("auto_approved"), answered.Raw("payload")));
        Assert.Equal("Auto-approved (user approved all future actions for this node)", answered.String("review_message"));
        Assert.Equal("2", (await Rosa.PostAsync($"/api/review/{Id}2/consume")).Is(200).Raw("payload"));
        (await Rosa.PostAsync($"/api/review/{Id}2/consume")).Is(409);
        (await Rosa.AskAsync(Id + "3", "3", Id, nodeId: "other")).Is(201);
        (await Rosa.AskAsync(Id + "4", "4", Id + "other")).Is(201);
    }

    [Fact, Invariant(8)]
    public async Task Two_pairs_of_ids_that_read_the_same_when_joined_do_not_share_an_approval()
    {
        await Rosa.AskAsync(Id + "1", "1", "a", "b_c");
        await Rosa.DecideAsync(Id + "1", true, ",\"auto_approve_future\":true");

        (await Rosa.AskAsync(Id + "2", "1", "a_b", "c")).Is(201);
    }

    [Fact]
    public async Task Consuming_says_why_it_can_not_be_done()
    {
        (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(404);
        await Rosa.AskAsync(Id, "1", Id);
        Assert.Contains("waiting", (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(409).Detail, StringComparison.Ordinal);
        await Rosa.AskAsync(Id + "no", "1", Id);
        await Rosa.DecideAsync(Id + "no", false, ",\"message\":\"Not on a Friday.\"");
        Assert.Contains("Not on a Friday.", (await Rosa.PostAsync($"/api/review/{Id}no/consume")).Is(409).Detail, StringComparison.Ordinal);
        await Rosa.DecideAsync(Id, true);
        (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(200);
        Assert.Contains("consumed", (await Rosa.PostAsync($"/api/review/{Id}/consume")).Is(409).Detail, StringComparison.Ordinal);
    }

    [Fact, Invariant(5)]
    public async Task Of_32_consumes_at_once_one_gets_it()
    {
        await Rosa.AskAsync(Id, "1", Id);
        await Rosa.DecideAsync(Id, true);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Rosa.PostAsync($"/api/review/{Id}/consume")));

        Assert.Equal((1, 31), (answers.Count(a => a.Status == 200), answers.Count(a => a.Status == 409)));
    }

    [Fact]
    public async Task The_waiting_reviews_of_an_execution_are_oldest_first_and_only_the_waiting_ones()
    {
        foreach (var n in (int[])[1, 2, 3])
            await Rosa.AskAsync($"{Id}{n}", "1", Id);
        await Rosa.DecideAsync(Id + "2", true);

        Assert.Equal([Id + "1", Id + "3"], Ids(await Rosa.GetAsync($"/api/review/execution/{Id}")));
    }

    [Fact]
    public async Task A_page_of_large_reviews_ends_early_and_its_link_goes_on_from_there()
    {
        var execution = $"{Id}/of%2Fthis test";
        foreach (var n in (int[])[1, 2, 3, 4, 5, 6])
            (await Rosa.AskAsync($"{Id}{n}", $"\"{new string('x', 900_000)}\"", execution)).Is(201);

        var oldestFirst = $"/api/review/execution/{Uri.EscapeDataString(execution)}";
        foreach (var (list, ids) in ((string, int[])[])[("/api/review/pending", [6, 5, 4, 3, 2, 1]), (oldestFirst, [1, 2, 3, 4, 5, 6])])
        {
            var first = await Rosa.GetAsync($"{list}?page_size=100");
            var second = await Rosa.GetAsync(first.NextPage()!);

            Assert.Equal(ids.Take(4).Select(n => $"{Id}{n}"), Ids(first));
            Assert.Equal(ids.Skip(4).Select(n => $"{Id}{n}"), Ids(second));
            Assert.Equal(("6", "6", null), (first.Header("X-Total-Count"), second.Header("X-Total-Count"), second.NextPage()));
            Assert.Equal($"\"{new string('x', 900_000)}\"", second.Json[0].GetProperty("payload").GetRawText());
        }
    }

    [Fact]
    public async Task The_reviews_of_an_execution_are_read_in_pages()
    {
        foreach (var n in (int[])[1, 2, 3])
            await Rosa.AskAsync($"{Id}{n}", "1", Id);

        var first = await Rosa.GetAsync($"/api/review/execution/{Id}?page_size=2");

        Assert.Equal([Id + "1", Id + "2"], Ids(first));
        Assert.Equal([Id + "3"], Ids(await Rosa.GetAsync(first.NextPage()!)));
        Assert.Equal([Id + "3"], Ids(await Rosa.GetAsync($"/api/review/execution/{Id}?page_size=2&page=2")));
        Assert.Equal("[]", (await Rosa.GetAsync($"/api/review/execution/{Id}?page=9")).Is(200).Text);
        var refused = await Rosa.GetAsync($"/api/review/execution/{Id}?page_size=101");
        Assert.Contains("page_size", refused.Is(422).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_execution_is_404_and_one_whose_reviews_are_decided_an_empty_list()
    {
        (await Rosa.GetAsync($"/api/review/execution/{Id}")).Is(404);
        await Rosa.AskAsync(Id, "1", Id);
        await Rosa.DecideAsync(Id, true);

        Assert.Equal("[]", (await Rosa.GetAsync($"/api/review/execution/{Id}")).Is(200).Text);
        Assert.Equal("[]", (await Rosa.GetAsync($"/api/review/execution/copilot-session-{Id}")).Is(200).Text);
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=x", "page")]
    [InlineData("page=1.5", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("page=1&page=2", "page")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=101", "page_size")]
    [InlineData("page_size=", "page_size")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=MTIz", "cursor")]
    public async Task A_page_out_of_bounds_is_422_for_every_list(string query, string field)
    {
        var ada = await NewAdminAsync();
        string[] lists =
            ["/api/review/pending", "/api/review/auto-approvals", "/api/graphs", "/api/executions", "/api/admin/executions"];
        foreach (var list in lists)
            Assert.StartsWith(field, (await ada.GetAsync($"{list}?{query}")).Is(422).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thirty_waiting_reviews_are_all_reached_newest_first_by_page_and_by_cursor()
    {
        foreach (var n in Enumerable.Range(0, 30))
            await Rosa.AskAsync($"{Id}{n:00}", "1", Id);
        var newestFirst = Enumerable.Range(0, 30).Reverse().Select(n => $"{Id}{n:00}").ToList();

        var first = await Rosa.GetAsync("/api/review/pending");
        var second = await Rosa.GetAsync("/api/review/pending?page=2");
        Assert.Equal(newestFirst, [.. Ids(first), .. Ids(second)]);
        Assert.Equal(("30", "30"), (first.Header("X-Total-Count"), second.Header("X-Total-Count")));
        Assert.Null(second.NextPage());
        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/pending?page=2147483647&page_size=100")).Is(200).Text);

        var all = new List<string>();
        for (var next = "/api/review/pending?page_size=7"; next is not null;)
        {
            var page = (await Rosa.GetAsync(next)).Is(200);
            all.AddRange(Ids(page));
            next = page.NextPage();
        }
        Assert.Equal(newestFirst, all);
    }

    [Fact]
    public async Task Following_the_link_neither_skips_nor_repeats_while_reviews_are_decided()
    {
        foreach (var n in Enumerable.Range(0, 6))
            await Rosa.AskAsync($"{Id}{n}", "1", Id);
        var first = await Rosa.GetAsync("/api/review/pending?page_size=3");
        foreach (var id in Ids(first))
            await Rosa.DecideAsync(id, true);
        await Rosa.AskAsync(Id + "new", "1", Id);

        Assert.Equal([Id + "2", Id + "1", Id + "0"], Ids(await Rosa.GetAsync(first.NextPage()!)));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("61")]
    [InlineData("soon")]
    [InlineData("1.5")]
    public async Task A_wait_that_is_not_0_to_60_seconds_is_422(string wait)
    {
        await Rosa.AskAsync(Id, "1", Id);

        Assert.StartsWith("wait", (await Rosa.GetAsync($"/api/review/{Id}?wait={wait}")).Is(422).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_waits_is_answered_as_soon_as_it_is_decided(bool approved)
    {
        await Rosa.AskAsync(Id, "1", Id);
        var waiting = Rosa.GetAsync($"/api/review/{Id}?wait=60");
        (await Rosa.DecideAsync(Id, approved)).Is(200);

        Assert.Equal(approved ? "APPROVED" : "REJECTED", (await waiting.WaitAsync(Recorded<int>.Patience, Ct)).Is(200).String("status"));
    }

    [Fact]
    public async Task Whoever_waits_is_answered_when_the_execution_is_stopped()
    {
        await Rosa.AskAsync(Id, "1", Id);
        var waiting = Rosa.GetAsync($"/api/review/{Id}?wait=60");
        await Rosa.PostAsync($"/api/executions/{Id}/stop");

        Assert.Equal("REJECTED", (await waiting.WaitAsync(Recorded<int>.Patience, Ct)).String("status"));
    }

    [Fact]
    public async Task When_the_time_is_over_the_review_is_answered_as_it_is()
    {
        await Rosa.AskAsync(Id, "1", Id);

        Assert.Equal("WAITING", (await Rosa.GetAsync($"/api/review/{Id}?wait=1")).Is(200).String("status"));
    }

    [Fact, Invariant(7)]
    public async Task A_request_for_an_execution_that_was_stopped_is_a_conflict()
    {
        await Rosa.AskAsync(Id, "1", Id);
        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":1,"in_flight":0}""",
            (await Rosa.PostAsync($"/api/executions/{Id}/stop")).Is(200).Text);
        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":0,"in_flight":0}""",
            (await Rosa.PostAsync($"/api/executions/{Id}/stop")).Is(200).Text);

        (await Rosa.AskAsync(Id + "2", "1", Id)).Is(409);
        var cancelled = await Rosa.GetAsync($"/api/review/{Id}");
        Assert.Equal(
            ("REJECTED", "true", "Execution was stopped by user"),
            (cancelled.String("status"), cancelled.Raw("processed"), cancelled.String("review_message")));
    }

    static IEnumerable<string> Ids(Answer list) =>
        list.Is(200).Json.EnumerateArray().Select(r => r.GetProperty("node_exec_id").GetString()!);
}
