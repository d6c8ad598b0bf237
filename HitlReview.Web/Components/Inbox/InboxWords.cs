using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox says about its rows, groups and filters.</summary>
static class InboxWords
{
    /// <summary>The heading of a group.</summary>
    /// <param name="by">What the list is grouped by.</param>
    /// <param name="group">The group.</param>
    /// <param name="graphName">The name of the graph of its reviews; null if there is none.</param>
    /// <param name="blocks">The blocks.</param>
    public static IReadOnlyList<SentencePart> Heading(Grouping by, InboxGroup group, string? graphName, BlockRegistry blocks)
    {
        var filter = group.Filter;
        return by switch
        {
            Grouping.block => [new(filter.BlockId == ReviewFilter.AgentBlock
                ? Texts.OutsideAgents
                : blocks.Find(filter.BlockId)?.Name ?? filter.BlockId ?? "", false)],
            Grouping.node => graphName is null
                ? Sentence.With(Texts.GroupOfAgentNode, filter.NodeId!)
                : Sentence.With(Texts.GroupOfNode, graphName, filter.NodeId!),
            _ => RunId.SessionOf(filter.GraphExecId!) is { } session ? Sentence.With(Texts.GroupOfChat, session)
                : graphName is null ? Sentence.With(Texts.GroupOfAgent, filter.GraphExecId!)
                : Sentence.With(Texts.GroupOfGraph, graphName, filter.GraphExecId!),
        };
    }

    /// <summary>A choice of age.</summary>
    public static string Of(AgeChoice age) => age.Name switch
    {
        "under-1h" => Texts.Age_under_1h,
        "under-1d" => Texts.Age_under_1d,
        "over-1h" => Texts.Age_over_1h,
        "over-1d" => Texts.Age_over_1d,
        _ => Texts.Age_over_7d,
    };

    /// <summary>A number that is told roughly from 20 on, "300+", so that one more doesn't change every row.</summary>
    public static string About(int number)
    {
        var round = 1;
        while (number / round >= 10)
            round *= 10;
        return number < 20 ? Say.Number(number) : Say.With(Texts.OrMore, Say.Number(number / round * round));
    }

    /// <summary>How a review was decided.</summary>
    public static string Of(DecidedAs how) => how switch
    {
        DecidedAs.approved => Texts.Decided_approved,
        DecidedAs.edited => Texts.Decided_edited,
        DecidedAs.rejected => Texts.Decided_rejected,
        DecidedAs.auto_approved => Texts.Decided_auto_approved,
        _ => Texts.Decided_cancelled,
    };

    /// <summary>How a review of a list was decided, and with which API key where it was one.</summary>
    public static string Verdict(ReviewSummary review) =>
        review.ReviewedWith is { } key ? Say.With(Texts.DecidedWithKey, Of(How(review)), Visible.Plain(key, 60)) : Of(How(review));

    /// <summary>How a review of a list was decided.</summary>
    public static DecidedAs How(ReviewSummary review) => review switch
    {
        { Status: ReviewStatus.REJECTED, ReviewedBy: null } => DecidedAs.cancelled,
        { Status: ReviewStatus.REJECTED } => DecidedAs.rejected,
        { AutoApproved: true } => DecidedAs.auto_approved,
        { WasEdited: true } => DecidedAs.edited,
        _ => DecidedAs.approved,
    };

    /// <summary>What happened then; null where nothing more is to be expected. "Approved" never stands in for "ran".</summary>
    public static (string Words, CourseTone Tone)? Outcome(InboxRow row) => (row.Review, row.Outcome) switch
    {
        (_, { IsUnknown: true }) => (Texts.OutcomeUnknown, CourseTone.Bad),
        (_, { IsRejected: true }) => (Texts.OutcomeNotRun, CourseTone.Bad),
        (_, { Status: ExecutionStatus.COMPLETED }) when row.Review.DeliveredAt is not null => (Texts.OutcomeRan, CourseTone.Good),
        (_, { Status: ExecutionStatus.FAILED }) => (Texts.OutcomeFailed, CourseTone.Bad),
        (_, { Status: ExecutionStatus.TERMINATED }) => (Texts.OutcomeStopped, CourseTone.Bad),
        (_, { Status: ExecutionStatus.RUNNING }) => (Texts.OutcomeRunning, CourseTone.Open),
        ({ Status: ReviewStatus.REJECTED }, _) => null,
        ({ DeliveredAt: not null, Origin: ReviewOrigin.Agent }, _) => (Texts.OutcomeTaken, CourseTone.Done),
        ({ Processed: true, DeliveredAt: null }, _) => (Texts.OutcomeWithdrawn, CourseTone.Bad),
        ({ Processed: false }, _) => (Texts.OutcomeNotYet, CourseTone.Open),
        _ => null,
    };
}
