using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>What a stop found.</summary>
/// <param name="Status">The execution's status now.</param>
/// <param name="CancelledReviews">How many reviews were waiting.</param>
/// <param name="InFlight">
/// How many actions had been claimed before the stop. They are asked to cancel; what becomes of them is recorded as observed.
/// </param>
/// <param name="HadEnded">True if it had ended before.</param>
public sealed record StopResult(ExecutionStatus Status, int CancelledReviews, int InFlight, bool HadEnded = false);

/// <summary>A run that has not ended. Its properties are set by name, or no query could go on from it.</summary>
public sealed record RunUnderWay
{
    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The run.</summary>
    public required string GraphExecId { get; init; }
}

/// <summary>
/// The runs of one kind, in which actions are asked about: graph executions, chats, or the executions of agents outside. All that differs
/// between them: who may know of them, ask in them and stop them, and how they go on.
/// </summary>
public interface IRunKind
{
    /// <summary>Who runs their actions.</summary>
    ReviewOrigin Origin { get; }

    /// <summary>The runs that have not ended, or that wait for a person.</summary>
    IQueryable<RunUnderWay> UnderWay(HitlDbContext db);

    /// <summary>The ids of the caller's graphs or runs of this kind whose names have a word in them; null where they have none.</summary>
    IQueryable<string>? Named(HitlDbContext db, Caller caller, string word);

    /// <summary>True if the caller may know of a run of this id.</summary>
    /// <param name="db">To read with.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="graphExecId">The run.</param>
    /// <param name="userId">Whose; null for all that the caller may see.</param>
    /// <param name="ct">Cancels the query.</param>
    Task<bool> KnowsAsync(HitlDbContext db, Caller caller, string graphExecId, string? userId, CancellationToken ct);

    /// <summary>Whose runs of this id the caller may stop.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="caller">Who stops.</param>
    /// <param name="graphExecId">The run.</param>
    /// <param name="asAdmin">True where an admin cancels, which reaches everybody's.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <returns>The owners; none where there is no such run of this kind, or none that the caller may know of.</returns>
    Task<IReadOnlyList<string>> StoppableAsync(
        WriteTransaction tx, Caller caller, string graphExecId, bool asAdmin, CancellationToken ct);

    /// <summary>True if such an id of the user's names a run of this kind.</summary>
    Task<bool> HasAsync(WriteTransaction tx, string userId, string graphExecId, CancellationToken ct);

    /// <summary>Stops a run: from here on no action of it starts, and nothing waits in it.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="by">Who stops; null for HitlReview itself.</param>
    /// <param name="userId">The owner.</param>
    /// <param name="graphExecId">The run.</param>
    /// <param name="message">What its reviews say from then on; null for the text of a stop by the user.</param>
    /// <param name="ct">Cancels the statements.</param>
    Task<StopResult> StopAsync(
        WriteTransaction tx, Caller? by, string userId, string graphExecId, string? message, CancellationToken ct);

    /// <summary>Lets an agent outside ask in its name, or not.</summary>
    /// <exception cref="RefusedException">It may not; or HitlReview asks by itself there where it must.</exception>
    Task RequireMayAskAsync(WriteTransaction tx, Caller caller, ReviewRequest request, CancellationToken ct);

    /// <summary>Why nothing can be decided in a run any more; null where it can.</summary>
    Task<RefusedException?> WhyEndedAsync(WriteTransaction tx, string graphExecId, CancellationToken ct);

    /// <summary>
    /// Lets what was decided go on, in the decision's own transaction: a process that dies now finds it ready when it starts again.
    /// </summary>
    Task DecidedAsync(WriteTransaction tx, Caller by, string graphExecId, IReadOnlyList<Review> decided, CancellationToken ct);
}

/// <summary>The kinds of runs together.</summary>
static class RunKinds
{
    /// <summary>The kind of a run; null where the user has none of that id.</summary>
    /// <param name="kinds">In their order: the last takes any id that is none of the others'.</param>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="userId">The owner.</param>
    /// <param name="graphExecId">The run.</param>
    /// <param name="ct">Cancels the queries.</param>
    public static async Task<IRunKind?> OfAsync(
        this IEnumerable<IRunKind> kinds, WriteTransaction tx, string userId, string graphExecId, CancellationToken ct)
    {
        foreach (var kind in kinds)
            if (await kind.HasAsync(tx, userId, graphExecId, ct))
                return kind;
        return null;
    }
}
