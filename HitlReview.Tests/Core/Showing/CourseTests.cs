using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

public sealed class CourseTests
{
    static readonly Caller Rosa = new("rosa", false, Surface.Ui);
    static readonly DateTimeOffset Asked = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_waiting_review_was_asked_and_nothing_more() =>
        Assert.Equal(["Asked", "Waiting for a decision"], Words(Review(ReviewStatus.WAITING)));

    [Fact]
    public void Approved_is_not_yet_taken_up() =>
        Assert.Equal(["Asked", "Approved by you", "Not yet taken up"], Words(Review(ReviewStatus.APPROVED)));

    [Fact]
    public void Taken_up_is_not_yet_started() =>
        Assert.Equal(
            ["Asked", "Approved by you", "Taken up by the execution", "Not yet started"], Words(Delivered(), Node(ExecutionStatus.QUEUED)));

    [Fact]
    public void Only_what_was_seen_to_end_well_has_finished()
    {
        Assert.Equal(["Started", "Running"], Words(Delivered(), Node(ExecutionStatus.RUNNING, claimed: true))[^2..]);
        Assert.Equal(["Started", "Finished"], Words(Delivered(), Node(ExecutionStatus.COMPLETED, claimed: true))[^2..]);
        Assert.Equal(["Started", "Failed"], Words(Delivered(), Node(ExecutionStatus.FAILED, claimed: true))[^2..]);
        Assert.Equal(["Started", "Stopped while it ran"], Words(Delivered(), Node(ExecutionStatus.TERMINATED, claimed: true))[^2..]);
        Assert.Equal(["Taken up by the execution", "Stopped before it ran"], Words(Delivered(), Node(ExecutionStatus.TERMINATED))[^2..]);
    }

    [Fact]
    public void An_unknown_outcome_is_called_that_and_looks_bad()
    {
        var node = Node(ExecutionStatus.REVIEW, claimed: true);
        node.Outcome = NodeOutcome.unknown;

        var last = Course.Of(Rosa, Delivered(), node)[^1];

        Assert.Equal("Outcome unknown: the process ended while it ran", last.Words);
        Assert.Equal(CourseTone.Bad, last.Tone);
    }

    [Fact]
    public void A_rejected_action_did_not_run()
    {
        var review = Delivered(ReviewStatus.REJECTED);
        review.ReviewMessage = "Not today";
        var node = Node(ExecutionStatus.FAILED);
        node.Rejected = true;

        var course = Course.Of(Rosa, review, node);

        Assert.Equal(["Asked", "Rejected by you", "Taken up by the execution", "It did not run"], course.Select(step => step.Words));
        Assert.Equal("Not today", course[1].Detail);
    }

    [Fact]
    public void A_stop_is_nobodys_rejection()
    {
        var review = Review(ReviewStatus.REJECTED);
        (review.ReviewedBy, review.Processed, review.ReviewMessage) = (null, true, "Execution was stopped by user");

        Assert.Equal("Cancelled before a decision", Words(review, Node(ExecutionStatus.TERMINATED))[1]);
    }

    [Fact]
    public void An_approval_that_a_stop_withdrew_says_so()
    {
        var review = Review(ReviewStatus.APPROVED);
        review.Processed = true;

        Assert.Equal("Withdrawn: the execution was stopped before it took this up", Words(review)[^1]);
    }

    [Fact]
    public void What_an_outside_agent_does_is_not_claimed_to_be_known() =>
        Assert.Equal(
            ["Taken up by the agent", "What the agent did then is not observed here"], Words(Delivered(origin: ReviewOrigin.Agent))[^2..]);

    [Fact]
    public void An_admin_is_not_told_that_they_decided() =>
        Assert.Equal("Approved by its owner", Course.Verdict(new("ada", true, Surface.Ui), Review(ReviewStatus.APPROVED)));

    static string[] Words(Review review, NodeExecution? node = null) => [.. Course.Of(Rosa, review, node).Select(step => step.Words)];

    static Review Delivered(ReviewStatus status = ReviewStatus.APPROVED, ReviewOrigin origin = ReviewOrigin.Graph)
    {
        var review = Review(status, origin);
        (review.Processed, review.DeliveredAt) = (true, Asked.AddMinutes(2));
        return review;
    }

    static Review Review(ReviewStatus status, ReviewOrigin origin = ReviewOrigin.Graph) => new()
    {
        NodeExecId = "n1",
        UserId = Rosa.UserId,
        GraphExecId = "e1",
        NodeId = "node",
        Origin = origin,
        Payload = "{}",
        PayloadHash = "",
        Editable = true,
        Status = status,
        CreatedAt = Asked,
        ReviewedAt = status == ReviewStatus.WAITING ? null : Asked.AddMinutes(1),
        ReviewedBy = status == ReviewStatus.WAITING ? null : Rosa.UserId,
    };

    static NodeExecution Node(ExecutionStatus status, bool claimed = false) => new()
    {
        Id = "n1",
        GraphExecId = "e1",
        UserId = Rosa.UserId,
        NodeId = "node",
        BlockId = "b",
        Ordinal = 0,
        Status = status,
        Input = "{}",
        CreatedAt = Asked,
        ClaimedAt = claimed ? Asked.AddMinutes(3) : null,
    };
}
