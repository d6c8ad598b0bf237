using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>An execution as an admin sees it.</summary>
/// <param name="Execution">The execution, without its inputs.</param>
/// <param name="UserName">Its owner's name.</param>
/// <param name="WaitingReviews">How many reviews wait in it.</param>
/// <param name="Reason">Why it is stuck, in words; null if it isn't.</param>
public sealed record AdminExecution(GraphExecution Execution, string? UserName, int WaitingReviews, string? Reason);

/// <summary>The executions of all users, for admins, and what is wrong with those that are stuck.</summary>
public sealed class StuckExecutions(IDbContextFactory<HitlDbContext> contexts, IOptions<StuckOptions> options, TimeProvider clock)
{
    /// <summary>The state that means "stuck, whatever the status".</summary>
    public const string Stuck = "stuck";

    /// <summary>Reads a page, newest first.</summary>
    /// <param name="caller">An admin.</param>
    /// <param name="state"><see cref="Stuck"/>, a status, or null for all.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: not an admin. <see cref="Refusal.Invalid"/>: no such state.
    /// </exception>
    public async Task<ListPage<AdminExecution>> ListAsync(Caller caller, string? state, PageRequest page, CancellationToken ct)
    {
        caller.Require(KeyMay.admin);
        if (!caller.IsAdmin)
            throw new RefusedException(Refusal.Forbidden, "Only an admin may see the executions of others.");
        await using var db = await contexts.CreateDbContextAsync(ct);
        var all = db.GraphExecutions.Select(GraphExecution.WithoutInputs);
        var now = clock.GetUtcNow();
        var list = state switch
        {
            null => all,
            Stuck => OnlyStuck(db, all, now),
            _ when Enum.TryParse<ExecutionStatus>(state, out var status) && Enum.IsDefined(status) && state == status.ToString() =>
                all.Where(e => e.Status == status),
            _ => throw new RefusedException(Refusal.Invalid,
                $"state must be '{Stuck}' or one of {string.Join(", ", Enum.GetNames<ExecutionStatus>())}; it is '{state}'."),
        };
        var executions = await list.Select(GraphExecution.WithoutInputs).PageAsync(e => e.CreatedAt, e => e.Id, page, ct);

        // Three statements for the whole page, however many rows it has.
        var ids = executions.Items.Select(e => e.Id).ToList();
        var owners = executions.Items.Select(e => e.UserId).Distinct().ToList();
        var names = await db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.UserName, ct);
        var waiting = await db.Reviews.Where(r => ids.Contains(r.GraphExecId) && r.Status == ReviewStatus.WAITING)
            .GroupBy(r => r.GraphExecId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var unknown = await db.NodeExecutions
            .Where(n => ids.Contains(n.GraphExecId) && n.Status == ExecutionStatus.REVIEW && n.Outcome != null)
            .GroupBy(n => n.GraphExecId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return new(
            [.. executions.Items.Select(e => new AdminExecution(
                e, names.GetValueOrDefault(e.UserId), waiting.GetValueOrDefault(e.Id),
                Reason(e, waiting.GetValueOrDefault(e.Id), unknown.GetValueOrDefault(e.Id), now)))],
            executions.Total, executions.Next);
    }

    IQueryable<GraphExecution> OnlyStuck(HitlDbContext db, IQueryable<GraphExecution> all, DateTimeOffset now)
    {
        var (review, running, queued) = (now - options.Value.Review, now - options.Value.Running, now - options.Value.Queued);
        return all.Where(e =>
            (e.Status == ExecutionStatus.QUEUED && e.UpdatedAt <= queued)
            || (e.Status == ExecutionStatus.RUNNING && e.UpdatedAt <= running)
            || (e.Status == ExecutionStatus.REVIEW && (e.UpdatedAt <= review
                || !db.Set<Review>().Any(r => r.GraphExecId == e.Id && r.Status == ReviewStatus.WAITING)
                || db.Set<NodeExecution>().Any(n => n.GraphExecId == e.Id && n.Status == ExecutionStatus.REVIEW && n.Outcome != null))));
    }

    string? Reason(GraphExecution e, int waiting, int unknown, DateTimeOffset now)
    {
        var since = now - e.UpdatedAt;
        return e.Status switch
        {
            ExecutionStatus.REVIEW when unknown > 0 =>
                $"The process ended while {(unknown == 1 ? "an action" : $"{unknown} actions")} ran: somebody must settle whether "
                + $"{(unknown == 1 ? "it" : "they")} took effect.",
            ExecutionStatus.REVIEW when waiting == 0 => "It is in REVIEW, but nothing waits in it.",
            ExecutionStatus.REVIEW when since >= options.Value.Review =>
                $"It has waited {InWords(since)} for a person: {(waiting == 1 ? "1 review is" : $"{waiting} reviews are")} undecided.",
            ExecutionStatus.RUNNING when since >= options.Value.Running => $"It has been running for {InWords(since)}.",
            ExecutionStatus.QUEUED when since >= options.Value.Queued =>
                $"It has been ready to run for {InWords(since)}, and nothing has taken it up.",
            _ => null,
        };
    }

    static string InWords(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{(int)span.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} minutes",
        _ => $"{(int)span.TotalSeconds} seconds",
    };
}
