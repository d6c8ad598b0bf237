using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class DecideApiOnSqlite(SharedApp<SqliteStore> shared) : DecideApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class DecideApiOnPostgres(
    SharedApp<PostgresStore> shared) : DecideApiSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary><c>POST /api/review/action</c></summary>
public abstract class DecideApiSpec(TestApp app) : ApiSpec(app)
{
    [Fact]
    public async Task The_bodies_of_AutoGPTs_own_web_client_are_understood()
    {
        await Rosa.AskAsync(Id + "1", """{"a":1}""", Id);
        await Rosa.AskAsync(Id + "2", """{"a":1}""", Id);

        var answer = await Rosa.PostAsync("/api/review/action", $$"""
            {"reviews":[{"node_exec_id":"{{Id}}1","approved":true,"message":"fine","reviewed_data":{"a":2},"auto_approve_future":false},
                        {"node_exec_id":"{{Id}}2","approved":false,"message":null,"reviewed_data":null}]}
            """);

        Assert.Equal("""{"approved_count":1,"rejected_count":1,"failed_count":0,"error":null}""", answer.Is(200).Text);
        Assert.Equal("""{"a":2}""", (await Rosa.GetAsync($"/api/review/{Id}1")).Raw("payload"));
    }

    [Theory]
    [InlineData("""{"reviews":[]}""", "reviews")]
    [InlineData("""{}""", "reviews")]
    [InlineData("""{"reviews":null}""", "reviews")]
    [InlineData("""{"reviews":{}}""", "reviews")]
    [InlineData("""{"reviews":[null]}""", "reviews[0]")]
    [InlineData("""{"reviews":[5]}""", "reviews[0]")]
    [InlineData("""{"reviews":[{"approved":true}]}""", "reviews[0].node_exec_id")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID"}]}""", "reviews[0].approved")]
    [InlineData("""{"reviews":[{"node_exec_id":5,"approved":true}]}""", "reviews[0].node_exec_id")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":"true"}]}""", "reviews[0].approved")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":1}]}""", "reviews[0].approved")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"message":7}]}""", "reviews[0].message")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"reviewed_json":{}}]}""", "reviews[0].reviewed_json")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"reviewed_data":1,"reviewed_json":"1"}]}""", "reviews[0]")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"auto_approve_future":null}]}""", "reviews[0].auto_approve_future")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"auto_approve_span":"ever"}]}""", "reviews[0].auto_approve_span")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"auto_approve_future":true,"auto_approve_span":"turn"}]}""", "chat")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"approve":true}]}""", "reviews[0].approve")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"approved":false}]}""", "reviews[0].approved")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true}],"all":true}""", "all")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true},{"node_exec_id":"ID","approved":true}]}""", "ID")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"message":"\ud800"}]}""", "reviews[0].message")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"message":"a\u0000b"}]}""", "message")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"reviewed_data":{"a":1,"a":2}}]}""", "reviews[0].reviewed_data")]
    [InlineData("""{"reviews":[{"node_exec_id":"ID","approved":true,"reviewed_json":"{\"a\":1,\"a\":2}"}]}""", "reviews[0].reviewed_json")]
    [InlineData("""[]""", "The body")]
    [InlineData("""null""", "The body")]
    [Invariant(10)]
    public async Task A_body_of_the_wrong_shape_names_its_field_and_changes_nothing(string body, string field)
    {
        await Rosa.AskAsync(Id, "1", Id);

        var answer = await Rosa.PostAsync("/api/review/action", body.Replace("ID", Id, StringComparison.Ordinal));

        Assert.Contains(field.Replace("ID", Id, StringComparison.Ordinal), answer.Is(422).Detail, StringComparison.Ordinal);
        Assert.Equal("WAITING", (await Rosa.GetAsync($"/api/review/{Id}")).String("status"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"reviews":[}""")]
    [InlineData("""{"reviews":[]} x""")]
    [InlineData("""{'reviews':[]}""")]
    [InlineData("""{"reviews":[NaN]}""")]
    [Invariant(10)]
    public async Task What_is_not_JSON_is_400(string body) => (await Rosa.PostAsync("/api/review/action", body)).Is(400);

    [Fact, Invariant(10)]
    public async Task An_edit_that_is_not_JSON_is_400_and_names_the_field()
    {
        await Rosa.AskAsync(Id, "1", Id);

        Assert.Contains(
            "reviews[0].reviewed_json", (await Rosa.DecideAsync(Id, true, ""","reviewed_json":"{a:1}" """)).Is(400).Detail,
            StringComparison.Ordinal);
        Assert.Equal("WAITING", (await Rosa.GetAsync($"/api/review/{Id}")).String("status"));
    }

    [Fact]
    public async Task A_message_has_up_to_2000_code_points_and_is_trimmed()
    {
        await Rosa.AskAsync(Id, "1", Id);
        var longest = string.Concat(Enumerable.Repeat("😀", 2_000));

        Assert.Contains(
            "message", (await Rosa.DecideAsync(Id, true, $",\"message\":\"{longest}x\"")).Is(422).Detail, StringComparison.Ordinal);
        (await Rosa.DecideAsync(Id, true, $",\"message\":\"  {longest} \"")).Is(200);
        Assert.Equal(longest, (await Rosa.GetAsync($"/api/review/{Id}")).String("review_message"));
    }

    [Fact]
    public async Task A_blank_message_counts_as_none()
    {
        await Rosa.AskAsync(Id, "1", Id);
        await Rosa.DecideAsync(Id, true, ""","message":" \n" """);

        Assert.Equal("null", (await Rosa.GetAsync($"/api/review/{Id}")).Raw("review_message"));
    }

    [Theory]
    [InlineData("reviewed_data", false)]
    [InlineData("reviewed_json", true)]
    [Invariant(10)]
    public async Task An_edit_has_up_to_1_MB_and_64_levels(string field, bool quoted)
    {
        await Rosa.AskAsync(Id + "size", "1", Id + "size");
        await Rosa.AskAsync(Id + "deep", "1", Id + "deep");
        string Edit(string json) => $",\"{field}\":{(quoted ? ApiClient.Quoted(json) : json)}";
        var size = $"\"{new string('é', 499_999)}\"";
        var deep = new string('[', 64) + new string(']', 64);

        Assert.Contains(
            field, (await Rosa.DecideAsync(Id + "size", true, Edit(size[..^1] + "x\""))).Is(422).Detail, StringComparison.Ordinal);
        Assert.Contains(field, (await Rosa.DecideAsync(Id + "deep", true, Edit($"[{deep}]"))).Is(422).Detail, StringComparison.Ordinal);
        (await Rosa.DecideAsync(Id + "size", true, Edit(size))).Is(200);
        (await Rosa.DecideAsync(Id + "deep", true, Edit(deep))).Is(200);
    }

    [Fact, Invariant(3)]
    public async Task An_unknown_review_fails_the_whole_request_and_all_unknown_ones_are_named()
    {
        await Rosa.AskAsync(Id, "1", Id);

        var answer = await Rosa.PostAsync("/api/review/action",
            $$"""{"reviews":[{"node_exec_id":"{{Id}}","approved":true},{"node_exec_id":"{{Id}}x","approved":true},{"node_exec_id":"{{Id}}y","approved":true}]}""");

        Assert.Contains($"{Id}x, {Id}y", answer.Is(404).Detail, StringComparison.Ordinal);
        Assert.Equal("WAITING", (await Rosa.GetAsync($"/api/review/{Id}")).String("status"));
    }

    [Fact, Invariant(3)]
    public async Task Reviews_of_several_executions_are_refused_after_unknown_ones()
    {
        await Rosa.AskAsync(Id + "1", "1", Id + "1");
        await Rosa.AskAsync(Id + "2", "1", Id + "2");
        string Both(string more) =>
            $$"""{"reviews":[{"node_exec_id":"{{Id}}1","approved":true},{"node_exec_id":"{{Id}}2","approved":true}{{more}}]}""";

        (await Rosa.PostAsync("/api/review/action", Both(",{\"node_exec_id\":\"nowhere\",\"approved\":true}"))).Is(404);
        (await Rosa.PostAsync("/api/review/action", Both(""))).Is(409);
        Assert.Equal("2", (await Rosa.GetAsync("/api/review/pending")).Header("X-Total-Count"));
    }

    [Fact, Invariant(3)]
    public async Task One_conflict_in_a_batch_leaves_all_as_they_were()
    {
        await Rosa.AskAsync(Id + "1", "1", Id);
        await Rosa.AskAsync(Id + "2", "1", Id);
        await Rosa.DecideAsync(Id + "2", approved: false);

        var answer = await Rosa.PostAsync("/api/review/action",
            $$"""{"reviews":[{"node_exec_id":"{{Id}}1","approved":true,"auto_approve_future":true},{"node_exec_id":"{{Id}}2","approved":true}]}""");

        Assert.Contains($"{Id}2", answer.Is(409).Detail, StringComparison.Ordinal);
        Assert.Equal("WAITING", (await Rosa.GetAsync($"/api/review/{Id}1")).String("status"));
        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/auto-approvals")).Text);
    }

    [Fact, Invariant(2)]
    public async Task The_same_decision_again_is_success_and_keeps_the_first_message_also_after_the_execution_has_ended()
    {
        await Rosa.AskAsync(Id, """{"a":1}""", Id);
        await Rosa.DecideAsync(Id, true, ""","reviewed_data":{"a":2},"message":"first" """);
        await Rosa.PostAsync($"/api/review/{Id}/consume");
        await Rosa.PostAsync($"/api/executions/{Id}/stop");

        foreach (var same in (string[])["", ""","reviewed_data":{"a":2.0}""", ""","reviewed_json":"{\"a\":2}","message":"second" """])
            Assert.Equal(
                """{"approved_count":1,"rejected_count":0,"failed_count":0,"error":null}""",
                (await Rosa.DecideAsync(Id, true, same)).Is(200).Text);
        (await Rosa.DecideAsync(Id, true, ""","reviewed_data":{"a":1}""")).Is(409);
        (await Rosa.DecideAsync(Id, false)).Is(409);
        Assert.Equal("first", (await Rosa.GetAsync($"/api/review/{Id}")).String("review_message"));
    }

    [Fact, Invariant(2)]
    public async Task Of_64_different_decisions_at_once_one_wins_and_63_are_told()
    {
        await Rosa.AskAsync(Id, "0", Id);

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 64).Select(i => Rosa.DecideAsync(Id, true, $",\"reviewed_data\":{i},\"message\":\"{i}\"")));

        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.Equal(63, answers.Count(a => a.Status == 409));
        var stored = await Rosa.GetAsync($"/api/review/{Id}");
        Assert.Equal(stored.Raw("payload"), stored.String("review_message"));
    }

    [Fact, Invariant(2)]
    public async Task Of_64_approvals_and_rejections_at_once_those_that_agree_with_the_outcome_are_success()
    {
        await Rosa.AskAsync(Id, "0", Id);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(async i => (Approved: i % 2 == 0, Answer: await Rosa.DecideAsync(Id, i % 2 == 0))));

        var approved = (await Rosa.GetAsync($"/api/review/{Id}")).String("status") == "APPROVED";
        Assert.All(answers, a => a.Answer.Is(a.Approved == approved ? 200 : 409));
    }

    [Fact, Invariant(4)]
    public async Task A_decision_on_a_payload_that_was_not_the_one_shown_is_refused()
    {
        var asked = await Rosa.AskAsync(Id, """{"a":1}""", Id);

        Assert.Contains(
            asked.String("payload_hash")!,
            (await Rosa.DecideAsync(Id, true, $",\"payload_hash\":\"{new string('0', 64)}\"")).Is(409).Detail, StringComparison.Ordinal);
        (await Rosa.DecideAsync(Id, true, $",\"payload_hash\":\"{asked.String("payload_hash")}\"")).Is(200);
    }

    [Fact]
    public async Task A_review_that_is_not_editable_may_be_repeated_but_not_changed()
    {
        await Rosa.AskAsync(Id, """{"a":1}""", Id, more: ",\"editable\":false");

        Assert.Contains(Id, (await Rosa.DecideAsync(Id, true, ""","reviewed_data":{"a":true}""")).Is(400).Detail, StringComparison.Ordinal);
        (await Rosa.DecideAsync(Id, true, ""","reviewed_data":{"a":1.0}""")).Is(200);
        var review = await Rosa.GetAsync($"/api/review/{Id}");
        Assert.Equal(("""{"a":1}""", "false"), (review.Raw("payload"), review.Raw("was_edited")));
    }

    [Fact]
    public async Task With_auto_approve_future_an_edit_is_ignored_also_where_nothing_may_be_edited()
    {
        await Rosa.AskAsync(Id, """{"a":1}""", Id, more: ",\"editable\":false");

        (await Rosa.DecideAsync(Id, true, ""","reviewed_json":"not even JSON","auto_approve_future":true""")).Is(200);

        Assert.Equal("""{"a":1}""", (await Rosa.GetAsync($"/api/review/{Id}")).Raw("payload"));
    }

    [Fact]
    public async Task Data_sent_with_a_rejection_is_ignored()
    {
        await Rosa.AskAsync(Id, """{"a":1}""", Id);

        (await Rosa.DecideAsync(Id, false, ""","reviewed_data":{"a":2},"auto_approve_future":true""")).Is(200);

        var review = await Rosa.GetAsync($"/api/review/{Id}");
        Assert.Equal(("""{"a":1}""", "false", "REJECTED"), (review.Raw("payload"), review.Raw("was_edited"), review.String("status")));
        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/auto-approvals")).Text);
    }

    [Fact, Invariant(7)]
    public async Task A_decision_after_a_stop_is_a_conflict_also_a_rejection()
    {
        await Rosa.AskAsync(Id, "1", Id);
        await Rosa.PostAsync($"/api/executions/{Id}/stop");

        foreach (var approved in (bool[])[true, false])
            Assert.Contains(
                "Execution was stopped by user", (await Rosa.DecideAsync(Id, approved)).Is(409).Detail, StringComparison.Ordinal);
    }

    [Fact, Invariant(10)]
    public async Task More_decisions_than_a_transaction_should_hold_are_refused() =>
        Assert.Contains("1000", (await Rosa.PostAsync("/api/review/action",
            $$"""{"reviews":[{{string.Join(',', Enumerable.Range(0, 1_001).Select(i => $$"""{"node_exec_id":"{{i}}","approved":true}"""))}}]}""")).Is(422).Detail, StringComparison.Ordinal);
}
