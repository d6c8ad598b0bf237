using System.Text.Json;
using HitlReview.Core.Actions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Api;

public sealed class ExecutionApiOnSqlite(
    SharedApp<SqliteStore> shared) : ExecutionApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class ExecutionApiOnPostgres(
    SharedApp<PostgresStore> shared) : ExecutionApiSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary>Graphs and executions, and for admins everybody's.</summary>
public abstract class ExecutionApiSpec(TestApp app) : ApiSpec(app)
{
    const string Ask = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d";
    const string Store = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";
    const string AskOnce = $$$"""{"name":"Ask","nodes":[{"id":"ask","block_id":"{{{Ask}}}","input_default":{"data":{"n":1.10},"name":"All right?"}}],"links":[]}""";

    [Fact]
    public async Task A_graph_is_read_back_as_it_was_stored()
    {
        var stored = (await Rosa.PostAsync("/api/graphs", $$$$"""
            {"name":" Two ","nodes":[{"id":"a","block_id":"{{{{Store}}}}","input_default":{"input":{"z":12345678901234567890,"a":[1.10,null]}}},{"id":"b","block_id":"{{{{Ask}}}}"}],
             "links":[{"source_id":"a","source_name":"output","sink_id":"b","sink_name":"data"}],"settings":{"sensitive_action_safe_mode":false}}
            """)).Is(201);

        var read = await Rosa.GetAsync(stored.Header("Location")!);
        Assert.Equal(stored.Text, read.Is(200).Text);
        Assert.Equal(("Two", 1), (read.String("name"), read.Json.GetProperty("version").GetInt32()));
        Assert.Equal(
            """{"input":{"z":12345678901234567890,"a":[1.10,null]}}""",
            read.Json.GetProperty("nodes")[0].GetProperty("input_default").GetRawText());
        Assert.Equal("""[{"source_id":"a","source_name":"output","sink_id":"b","sink_name":"data"}]""", read.Raw("links"));
        Assert.Equal("""{"human_in_the_loop_safe_mode":true,"sensitive_action_safe_mode":false}""", read.Raw("settings"));
    }

    [Fact]
    public async Task A_graph_has_versions_and_the_newest_is_listed_and_run()
    {
        var id = await GraphAsync(AskOnce);
        var next =
            (await Rosa.PostAsync("/api/graphs", AskOnce.Replace("\"Ask\"", $"\"Ask again\",\"id\":\"{id}\"", StringComparison.Ordinal)))
            .Is(201);

        Assert.Equal((id, 2), (next.String("id"), next.Json.GetProperty("version").GetInt32()));
        Assert.Equal("Ask", (await Rosa.GetAsync($"/api/graphs/{id}?version=1")).String("name"));
        (await Rosa.GetAsync($"/api/graphs/{id}?version=3")).Is(404);
        Assert.StartsWith("version", (await Rosa.GetAsync($"/api/graphs/{id}?version=x")).Is(422).Detail, StringComparison.Ordinal);
        Assert.Equal(
            "Ask again", Assert.Single((await Rosa.GetAsync("/api/graphs")).Json.EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("2", (await Rosa.GetAsync($"/api/executions/{await StartAsync(id)}")).Raw("graph_version"));
    }

    [Theory]
    [InlineData("""{"nodes":[],"links":[]}""", "name")]
    [InlineData("""{"name":"g","nodes":[],"links":[]}""", "nodes")]
    [InlineData("""{"name":" ","nodes":[{"id":"a","block_id":"ASK","input_default":{"data":1}}],"links":[]}""", "name")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"no uuid"}],"links":[]}""", "nodes[0].block_id")]
    [InlineData(
        """{"name":"g","nodes":[{"id":"a","block_id":"00000000-0000-4000-8000-00000000dead"}],"links":[]}""",
        "00000000-0000-4000-8000-00000000dead")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK"},{"id":"a","block_id":"ASK"}],"links":[]}""", "'a' is used twice")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK","input_default":[]}],"links":[]}""", "input_default of node 'a'")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK","input_default":{"name":5}}],"links":[]}""", "$.name: must be a string")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK"}],"links":[{"source_id":"a","source_name":"nothing","sink_id":"a","sink_name":"data"}]}""", "'nothing'")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK"}],"links":[{"source_id":"a","source_name":"approved_data","sink_id":"b","sink_name":"data"}]}""", "'b'")]
    [InlineData(
        """{"name":"g","nodes":[{"id":"a","block_id":"ASK"}],"links":[{"source_id":"a","source_name":"approved_data","sink_id":"a"}]}""",
        "links[0].sink_name")]
    [InlineData("""{"name":"g","nodes":[{"id":"a","block_id":"ASK"}],"links":[{"source_id":"a","source_name":"approved_data","sink_id":"a","sink_name":"data"}]}""", "cycle")]
    [InlineData(
        """{"name":"g","nodes":[{"id":"a","block_id":"ASK","input_default":{"data":1}}],"settings":{"safe":true}}""", "settings.safe")]
    [Invariant(10)]
    public async Task A_graph_that_could_not_run_is_422_and_names_what_is_wrong(string body, string named)
    {
        Assert.Contains(
            named, (await Rosa.PostAsync("/api/graphs", body.Replace("ASK", Ask, StringComparison.Ordinal))).Is(422).Detail,
            StringComparison.Ordinal);
        Assert.Equal("[]", (await Rosa.GetAsync("/api/graphs")).Text);
    }

    [Theory]
    [InlineData("""{"nobody":{}}""", "'nobody'")]
    [InlineData("""{"ask":5}""", "inputs.ask")]
    [InlineData("""[]""", "inputs")]
    [InlineData("""{"ask":{"name":5}}""", "$.name: must be a string")]
    [InlineData("""{"ask":{"what":5}}""", "what")]
    [Invariant(10)]
    public async Task Inputs_that_do_not_fit_are_422_and_start_nothing(string inputs, string named)
    {
        var graph = await GraphAsync(AskOnce);

        Assert.Contains(
            named, (await Rosa.PostAsync("/api/executions", $$"""{"graph_id":"{{graph}}","inputs":{{inputs}}}""")).Is(422).Detail,
            StringComparison.Ordinal);
        Assert.Equal("[]", (await Rosa.GetAsync("/api/executions")).Text);
    }

    [Fact]
    public async Task An_execution_waits_is_decided_and_completes_and_says_all_of_it()
    {
        const string Inputs = """{"ask":{"data":{"n":12345678901234567890}}}""";
        var started = (await Rosa.PostAsync("/api/executions", $$"""{"graph_id":"{{await GraphAsync(AskOnce)}}","inputs":{{Inputs}} }"""))
            .Is(201);
        Assert.Equal(["graph_exec_id", "status"], started.Json.EnumerateObject().Select(p => p.Name));
        var id = started.String("graph_exec_id")!;
        var review = await WaitingAsync(id);
        Assert.Equal(
            ("""{"n":12345678901234567890}""", "All right?", "Human In The Loop"),
            (
                review.GetProperty("payload").GetRawText(), review.GetProperty("instructions").GetString(),
                review.GetProperty("block_name").GetString()));

        (
            await Rosa.DecideAsync(
                review.GetProperty("node_exec_id").GetString()!, true, ",\"reviewed_json\":\"{\\\"n\\\":2.50}\",\"message\":\"half\""))
            .Is(200);

        var ended = await EndedAsync(id);
        Assert.Equal(
            ["graph_exec_id", "graph_id", "graph_version", "status", "created_at", "started_at", "ended_at", "failed_node_count",
                "rejected_node_count", "error", "node_executions", "node_execution_count", "truncated"],
            ended.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ("COMPLETED", "0", "0", "null"),
            (ended.String("status"), ended.Raw("failed_node_count"), ended.Raw("rejected_node_count"), ended.Raw("error")));
        var node = Assert.Single(ended.Json.GetProperty("node_executions").EnumerateArray());
        Assert.Equal(
            ["node_exec_id", "node_id", "block_id", "status", "input", "output", "error", "outcome", "started_at", "ended_at",
                "input_size", "output_size", "whole_at"],
            node.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"approved_data":[{"n":2.50}],"review_message":["half"]}""", node.GetProperty("output").GetRawText());
        Assert.Equal(("COMPLETED", "null"), (node.GetProperty("status").GetString(), node.GetProperty("outcome").GetRawText()));
    }

    [Fact, Invariant(10)]
    public async Task A_large_execution_is_answered_in_part_says_what_is_left_out_and_each_node_is_read_whole()
    {
        // Seven inputs and outputs of 900 KB each.
        var nodes = string.Join(',', Enumerable.Range(0, 7).Select(i =>
            $$$"""{"id":"n{{{i}}}","block_id":"{{{Store}}}","input_default":{"input":"{{{new string((char)('a' + i), 900_000)}}}"}}"""));
        var id = await StartAsync(await GraphAsync($$"""{"name":"Large","nodes":[{{nodes}}],"links":[]}"""));

        var ended = await EndedAsync(id);
        Assert.InRange(ended.Text.Length, 3_000_000, 4_010_000);
        Assert.Equal(("7", "true"), (ended.Raw("node_execution_count"), ended.Raw("truncated")));
        var left = ended.Json.GetProperty("node_executions")[6];
        Assert.Equal(("null", "null", "900012", "900015"), (left.GetProperty("input").GetRawText(),
            left.GetProperty("output").GetRawText(), left.GetProperty("input_size").GetRawText(),
            left.GetProperty("output_size").GetRawText()));
        Assert.Equal("null", ended.Json.GetProperty("node_executions")[0].GetProperty("whole_at").GetRawText());
        var whole = (await Rosa.GetAsync(left.GetProperty("whole_at").GetString()!)).Is(200);
        Assert.Equal($$"""{"input":"{{new string('g', 900_000)}}"}""", whole.Raw("input"));
        Assert.Equal(("900015", "null"), (whole.Raw("output_size"), whole.Raw("whole_at")));
    }

    [Fact]
    public async Task Node_executions_are_paged_as_every_list()
    {
        var nodes = string.Join(',', Enumerable.Range(0, 5).Select(i =>
            $$$"""{"id":"n{{{i}}}","block_id":"{{{Store}}}","input_default":{"input":{{{i}}}}}"""));
        var id = await StartAsync(await GraphAsync($$"""{"name":"Five","nodes":[{{nodes}}],"links":[]}"""));
        await EndedAsync(id);

        var first = (await Rosa.GetAsync($"/api/executions/{id}/nodes?page_size=3")).Is(200);
        Assert.Equal("5", first.Header("X-Total-Count"));
        Assert.Equal(["n0", "n1", "n2"], first.Json.EnumerateArray().Select(n => n.GetProperty("node_id").GetString()));
        var next = first.Header("Link")!;
        Assert.EndsWith("; rel=\"next\"", next, StringComparison.Ordinal);
        var second = (await Rosa.GetAsync(next[1..next.IndexOf('>', StringComparison.Ordinal)])).Is(200);
        Assert.Equal(["n3", "n4"], second.Json.EnumerateArray().Select(n => n.GetProperty("node_id").GetString()));
        Assert.Null(second.Header("Link"));
        Assert.Equal("""{"output":[4]}""", second.Json[1].GetProperty("output").GetRawText());
        (await Rosa.GetAsync($"/api/executions/{id}/nodes?page_size=101")).Is(422);
        (await Rosa.GetAsync($"/api/executions/{id}/nodes?cursor=nonsense")).Is(422);
        (await Rosa.GetAsync($"/api/executions/{id}/nodes/nothing")).Is(404);
        (await Rosa.GetAsync("/api/executions/nowhere/nodes")).Is(404);
    }

    [Fact, Invariant(7)]
    public async Task A_stop_empties_the_inbox_and_nothing_resumes()
    {
        var id = await StartAsync(await GraphAsync(AskOnce));
        var review = (await WaitingAsync(id)).GetProperty("node_exec_id").GetString()!;

        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":1,"in_flight":0}""",
            (await Rosa.PostAsync($"/api/executions/{id}/stop")).Is(200).Text);
        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":0,"in_flight":0}""",
            (await Rosa.PostAsync($"/api/executions/{id}/stop")).Is(200).Text);

        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/pending")).Text);
        (await Rosa.DecideAsync(review, true)).Is(409);
        Assert.Equal("TERMINATED", (await Rosa.GetAsync($"/api/executions/{id}")).String("status"));
    }

    [Fact]
    public async Task The_review_of_a_graph_is_not_an_agents_to_consume()
    {
        var review = (await WaitingAsync(await StartAsync(await GraphAsync(AskOnce)))).GetProperty("node_exec_id").GetString()!;

        Assert.Contains(
            "HitlReview itself", (await Rosa.PostAsync($"/api/review/{review}/consume")).Is(409).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ran")]
    [InlineData("ask_again")]
    [Invariant(5)]
    public async Task An_unknown_outcome_is_said_and_settled_by_its_owner(string resolution)
    {
        var (id, node) = await LostAsync();
        Assert.Equal(
            "unknown",
            (await Rosa.GetAsync($"/api/executions/{id}")).Json.GetProperty("node_executions")[0].GetProperty("outcome").GetString());

        foreach (var bad in (string[])["""{}""", """{"resolution":"maybe"}""", """{"resolution":"ran","output":[]}""", """{"resolution":"ran","output":{"nothing":[]}}""", """{"resolution":"ran","output":{"approved_data":1}}""", """{"resolution":"ask_again","output":{}}"""])
            (await Rosa.PostAsync($"/api/executions/{id}/nodes/{node}/settle", bad)).Is(422);
        var settled = (await Rosa.PostAsync($"/api/executions/{id}/nodes/{node}/settle", $$"""{"resolution":"{{resolution}}"}""")).Is(200);

        Assert.Equal("null", settled.Raw("outcome"));
        (await Rosa.PostAsync($"/api/executions/{id}/nodes/{node}/settle", """{"resolution":"ran"}""")).Is(409);
        if (resolution == "ran")
            Assert.Equal("COMPLETED", (await EndedAsync(id)).String("status"));
        else
            Assert.Equal(settled.String("node_exec_id"), (await WaitingAsync(id)).GetProperty("node_exec_id").GetString());
    }

    [Fact]
    public async Task Only_admins_see_and_cancel_the_executions_of_others()
    {
        var id = await StartAsync(await GraphAsync(AskOnce));
        await WaitingAsync(id);
        foreach (var path in (string[])["/api/admin/executions", "/api/admin/executions?state=stuck"])
            Assert.Contains("needs a key that may 'admin'", (await Rosa.GetAsync(path)).Is(403).Detail, StringComparison.Ordinal);
        (await Rosa.PostAsync($"/api/admin/executions/{id}/cancel", """{"reason":"x"}""")).Is(403);
        (await Rosa.PostAsync("/api/admin/executions/cancel", $$"""{"graph_exec_ids":["{{id}}"],"reason":"x"}""")).Is(403);

        var ada = await NewAdminAsync();
        var row = (await ada.GetAsync("/api/admin/executions?state=REVIEW&page_size=100")).Is(200).Json.EnumerateArray()
            .Single(e => e.GetProperty("graph_exec_id").GetString() == id);
        Assert.Equal((RosaHerself.Id, RosaHerself.Email, 1, "null"),
            (
                row.GetProperty("user_id").GetString(), row.GetProperty("user_name").GetString(),
                row.GetProperty("waiting_reviews").GetInt32(), row.GetProperty("reason").GetRawText()));
        Assert.Contains("state", (await ada.GetAsync("/api/admin/executions?state=review")).Is(422).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_execution_whose_action_was_lost_is_stuck_and_the_reason_is_said()
    {
        var (id, _) = await LostAsync();

        var ada = await NewAdminAsync();
        var row = (await ada.GetAsync("/api/admin/executions?state=stuck&page_size=100")).Is(200).Json.EnumerateArray()
            .Single(e => e.GetProperty("graph_exec_id").GetString() == id);

        Assert.Contains("settle", row.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact, Invariant(7)]
    public async Task An_admins_cancel_tells_the_owner_why()
    {
        var id = await StartAsync(await GraphAsync(AskOnce));
        var review = (await WaitingAsync(id)).GetProperty("node_exec_id").GetString()!;
        var ada = await NewAdminAsync();
        foreach (var bad in (string[])["{}", """{"reason":" "}""", """{"reason":5}""", """{"reason":"x","force":true}"""])
            Assert.Contains(
                bad.Contains("force", StringComparison.Ordinal) ? "force" : "reason",
                (await ada.PostAsync($"/api/admin/executions/{id}/cancel", bad)).Is(422).Detail, StringComparison.Ordinal);

        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":1,"in_flight":0}""",
            (await ada.PostAsync($"/api/admin/executions/{id}/cancel", """{"reason":"The target moves."}""")).Is(200).Text);

        Assert.Equal(
            "Execution was cancelled by an admin: The target moves.",
            (await Rosa.GetAsync($"/api/review/{review}")).String("review_message"));
        (await ada.PostAsync($"/api/admin/executions/{id}/cancel", """{"reason":"again"}""")).Is(409);
        (await ada.PostAsync("/api/admin/executions/nowhere/cancel", """{"reason":"x"}""")).Is(404);
    }

    [Fact]
    public async Task Several_are_cancelled_each_by_itself()
    {
        var id = await StartAsync(await GraphAsync(AskOnce));
        var ada = await NewAdminAsync();
        foreach (var bad in (string[])["""{"graph_exec_ids":[],"reason":"x"}""", """{"graph_exec_ids":["a","a"],"reason":"x"}""", """{"graph_exec_ids":[null],"reason":"x"}""", """{"graph_exec_ids":"a","reason":"x"}"""])
            Assert.Contains(
                "graph_exec_ids", (await ada.PostAsync("/api/admin/executions/cancel", bad)).Is(422).Detail, StringComparison.Ordinal);

        var results = (await ada.PostAsync("/api/admin/executions/cancel", $$"""{"graph_exec_ids":["nowhere","{{id}}"],"reason":"x"}"""))
            .Is(200);

        Assert.Equal(
            $$"""{"results":[{"graph_exec_id":"nowhere","status":null,"error":"No execution 'nowhere' was found."},{"graph_exec_id":"{{id}}","status":"TERMINATED","error":null}]}""", results.Text);
    }

    async Task<string> GraphAsync(string body) => (await Rosa.PostAsync("/api/graphs", body)).Is(201).String("id")!;

    async Task<string> StartAsync(string graph) =>
        (await Rosa.PostAsync("/api/executions", $$"""{"graph_id":"{{graph}}"}""")).Is(201).String("graph_exec_id")!;

    /// <summary>An execution in the state in which a process that died during its action leaves it.</summary>
    async Task<(string Id, string Node)> LostAsync()
    {
        var id = await StartAsync(await GraphAsync(AskOnce));
        var review = (await WaitingAsync(id)).GetProperty("node_exec_id").GetString()!;
        await App.Queue.WriteAsync(async tx =>
        {
            await PastTheGate.DeleteAsync(tx.Db, review, Ct);
            await tx.Db.NodeExecutions.Where(n => n.Id == review).ExecuteUpdateAsync(
                set => set.SetProperty(n => n.Outcome, NodeOutcome.unknown), Ct);
        }, Ct);
        return (id, review);
    }

    /// <summary>The one waiting review of an execution, once the execution itself waits.</summary>
    async Task<JsonElement> WaitingAsync(string graphExecId)
    {
        await ReachedAsync(graphExecId, status => status == "REVIEW");
        return Assert.Single((await Rosa.GetAsync($"/api/review/execution/{graphExecId}")).Json.EnumerateArray());
    }

    Task<Answer> EndedAsync(string graphExecId) => ReachedAsync(graphExecId, status => status is "COMPLETED" or "FAILED" or "TERMINATED");

    async Task<Answer> ReachedAsync(string graphExecId, Func<string?, bool> reached)
    {
        Answer? execution = null;
        await App.Changes.UntilAsync(
            async () => reached((execution = await Rosa.GetAsync($"/api/executions/{graphExecId}")).String("status")),
            $"a status of {graphExecId} that ends or waits");
        return execution!;
    }
}
