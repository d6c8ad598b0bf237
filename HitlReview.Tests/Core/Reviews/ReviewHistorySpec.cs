using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ReviewHistoryOnSqlite() : ReviewHistorySpec(new SqliteStore());

public sealed class ReviewHistoryOnPostgres() : ReviewHistorySpec(new PostgresStore());

/// <summary>What a person did about reviews like one.</summary>
public abstract class ReviewHistorySpec(TestStore store) : CoreSpec(store)
{
    [Fact]
    public async Task What_was_decided_about_others_of_its_step_is_counted_and_the_last_is_named()
    {
        await DecideAsync("a", Approve("a"));
        await DecideAsync("b", Approve("b", edit: """{"n":2}"""));
        await DecideAsync("c", Reject("c"));
        await DecideAsync("elsewhere", Approve("elsewhere"), node: "another");
        await AskAsync(Request("now"));

        var like = await ReadAsync("now");

        Assert.Equal((2, 1, 1, "c"), (like.Approved, like.Edited, like.Rejected, like.Last!.NodeExecId));
        // Itself is none of those.
        Assert.Null((await ReadAsync("elsewhere", decided: true)).Last);
    }

    [Fact]
    public async Task The_very_same_is_told_where_it_waits_or_was_approved_before()
    {
        await DecideAsync("a", Approve("a"), payload: """{"pay":100}""");
        var approvedAt = Store.Clock.GetUtcNow();
        await AskAsync(Request("b", payload: """{"pay":100}"""));
        await AskAsync(Request("c", payload: """{"pay":100}"""));
        await AskAsync(Request("d", payload: """{"pay":200}"""));

        var like = await ReadAsync("b");

        Assert.Equal((1, approvedAt), (like.SameWaiting, like.SameApprovedAt!.Value));
        Assert.Equal((0, null), ((await ReadAsync("d")).SameWaiting, (await ReadAsync("d")).SameApprovedAt));
    }

    [Fact, Invariant(1)]
    public async Task Of_others_nothing_is_counted()
    {
        await AskAsync(Request("theirs", payload: """{"pay":100}"""), Ben);
        await AskAsync(Request("mine", payload: """{"pay":100}"""));

        var like = await ReadAsync("mine");

        Assert.Equal((0, null), (like.SameWaiting, like.Last));
    }

    async Task<LikeReviews> ReadAsync(string id, bool decided = false)
    {
        var review = await Reviews.GetAsync(Rosa, id, Ct);
        Assert.Equal(decided, review.Status != ReviewStatus.WAITING);
        return await Store.Get<ReviewHistory>().ReadAsync(Rosa, review, Ct);
    }

    async Task DecideAsync(string id, Decision decision, string node = "mail", string payload = """{"n":1}""")
    {
        await AskAsync(Request(id, "run-1", node, payload));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await Deciding.DecideAsync(Rosa, [decision], Ct);
    }
}
