using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Web.Components.Executions;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>Where a node stands in the time of its execution.</summary>
public sealed class NodeTimeTests
{
    static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_it_waited_and_what_it_ran_are_shares_of_the_whole() => Assert.Equal(
        new("--from: 10%; --waited: 40%; --ran: 50%", "Ready 10 s after the start, waited 40 s, ran 50 s."),
        NodeTime.Of(Node(10, 20, 50, 100), Execution(100), s_start));

    [Fact]
    public void Who_asks_a_person_waits_though_it_has_begun() => Assert.Equal(
        new("--from: 0%; --waited: 100%; --ran: 0%", "Ready 0 ms after the start, has waited 1 min 0 s so far."),
        NodeTime.Of(Node(0, 10, null, null, ExecutionStatus.REVIEW), Execution(null), s_start.AddSeconds(60)));

    [Fact]
    public void What_runs_has_run_until_now() => Assert.Equal(
        "Ready 0 ms after the start, waited 10 s, has run 50 s so far.",
        NodeTime.Of(Node(0, 10, null, null, ExecutionStatus.RUNNING), Execution(null), s_start.AddSeconds(60))!.Words);

    [Fact]
    public void What_was_stopped_before_it_ran_has_only_waited() => Assert.Equal(
        new("--from: 0%; --waited: 50%; --ran: 0%", "Ready 0 ms after the start, ended 30 s later without running."),
        NodeTime.Of(Node(0, null, null, 30, ExecutionStatus.TERMINATED), Execution(60), s_start));

    [Fact]
    public void A_clock_that_was_set_back_draws_nothing_beside_the_line()
    {
        Assert.Null(NodeTime.Of(Node(0, null, null, null), Execution(null), s_start.AddSeconds(-5)));
        Assert.Equal("--from: 100%; --waited: 0%; --ran: 0%", NodeTime.Of(Node(500, 400, 400, 300), Execution(100), s_start)!.Style);
    }

    static NodePart Node(
        int created, int? started, int? claimed, int? ended, ExecutionStatus status = ExecutionStatus.COMPLETED) =>
        new(new("n", "node", 0, status, null, false, false, s_start.AddSeconds(created), At(started), At(ended)), "rosa", "block", null,
            At(claimed), 0, null);

    static GraphExecution Execution(int? ended) => new()
    {
        Id = "e",
        UserId = "rosa",
        GraphId = "g",
        GraphVersion = 1,
        Status = ended is null ? ExecutionStatus.RUNNING : ExecutionStatus.COMPLETED,
        HumanInTheLoopSafeMode = true,
        SensitiveActionSafeMode = true,
        Inputs = "",
        CreatedAt = s_start,
        UpdatedAt = s_start,
        EndedAt = At(ended),
    };

    static DateTimeOffset? At(int? seconds) => seconds is { } s ? s_start.AddSeconds(s) : null;
}
