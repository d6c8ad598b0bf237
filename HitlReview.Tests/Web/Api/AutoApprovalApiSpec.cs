using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class AutoApprovalApiOnSqlite(
    SharedApp<SqliteStore> shared) : AutoApprovalApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class AutoApprovalApiOnPostgres(
    SharedApp<PostgresStore> shared) : AutoApprovalApiSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary><c>/api/review/auto-approvals</c></summary>
[Invariant(8)]
public abstract class AutoApprovalApiSpec(TestApp app) : ApiSpec(app)
{
    [Fact]
    public async Task What_stands_is_listed_with_its_uses_newest_first()
    {
        await GiveAsync("one");
        await GiveAsync("two");
        await Rosa.AskAsync(Id + "used", "1", Id, "one");

        var list = (await Rosa.GetAsync("/api/review/auto-approvals")).Is(200);

        Assert.Equal(["two", "one"], list.Json.EnumerateArray().Select(a => a.GetProperty("node_id").GetString()));
        var used = list.Json[1];
        Assert.Equal(
            (Id, 1, true),
            (
                used.GetProperty("graph_exec_id").GetString(), used.GetProperty("use_count").GetInt32(),
                used.GetProperty("last_used_at").GetString()!.EndsWith('Z')));
    }

    [Fact]
    public async Task They_are_read_in_pages()
    {
        foreach (var node in (string[])["a", "b", "c"])
            await GiveAsync(node);

        var first = await Rosa.GetAsync("/api/review/auto-approvals?page_size=2");
        var second = await Rosa.GetAsync(first.NextPage()!);

        Assert.Equal(
            ["c", "b", "a"],
            first.Json.EnumerateArray().Concat(second.Json.EnumerateArray()).Select(a => a.GetProperty("node_id").GetString()));
        Assert.Equal("3", second.Header("X-Total-Count"));
    }

    [Fact]
    public async Task A_revoked_one_is_gone_and_the_next_request_asks()
    {
        await GiveAsync("node");
        (await Rosa.DeleteAsync($"/api/review/auto-approvals?graph_exec_id={Id}&node_id=node")).Is(204);

        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/auto-approvals")).Text);
        (await Rosa.AskAsync(Id + "2", "1", Id)).Is(201);
        Assert.Contains(
            "node", (await Rosa.DeleteAsync($"/api/review/auto-approvals?graph_exec_id={Id}&node_id=node")).Is(404).Detail,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "graph_exec_id")]
    [InlineData("?graph_exec_id=x", "node_id")]
    [InlineData("?node_id=x", "graph_exec_id")]
    [InlineData("?graph_exec_id=x&node_id=", "node_id")]
    [InlineData("?graph_exec_id=x&node_id=a&node_id=b", "node_id")]
    public async Task Which_one_must_be_said(string query, string field) =>
        Assert.StartsWith(field, (await Rosa.DeleteAsync("/api/review/auto-approvals" + query)).Is(422).Detail, StringComparison.Ordinal);

    [Fact]
    public async Task A_rejection_never_gives_one()
    {
        await Rosa.AskAsync(Id, "1", Id);
        (await Rosa.DecideAsync(Id, false, ",\"auto_approve_future\":true")).Is(200);

        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/auto-approvals")).Text);
    }

    async Task GiveAsync(string node)
    {
        await Rosa.AskAsync(Id + node, "1", Id, node);
        (await Rosa.DecideAsync(Id + node, true, ",\"auto_approve_future\":true")).Is(200);
    }
}
