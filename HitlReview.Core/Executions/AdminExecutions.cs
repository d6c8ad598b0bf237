using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>An execution as an admin sees it.</summary>
/// <param name="Execution">The execution, without its inputs.</param>
/// <param name="UserName">Its owner's name.</param>
/// <param name="GraphName">The name of its graph; null if the graph is gone.</param>
/// <param name="WaitingReviews">How many reviews wait in it.</param>
/// <param name="Reason">Why it is stuck, in words; null if it isn't.</param>
public sealed record AdminExecution(
    GraphExecution Execution, string? UserName, string? GraphName, int WaitingReviews, string? Reason);

/// <summary>
/// How many executions there are that somebody may have to see to; of each up to one more than <see cref="ListPage{T}.CountLimit"/> where
/// not all were asked for.
/// </summary>
/// <param name="Stuck">How many are stuck.</param>
/// <param name="Review">How many wait for a person.</param>
/// <param name="UnderWay">How many run, or are about to.</param>
public sealed record AdminExecutionCounts(int Stuck, int Review, int UnderWay)
{
    /// <summary>How many have not ended.</summary>
    public int Unfinished => Review + UnderWay;
}

/// <summary>The executions of all users, for admins, and what is wrong with those that are stuck.</summary>
public sealed class AdminExecutions(IDbContextFactory<HitlDbContext> contexts, IOptions<StuckOptions> options, TimeProvider clock)
{
    const string ToSee = "see the executions of others";

    static readonly ExecutionStatus[] s_unfinished = [.. Enum.GetValues<ExecutionStatus>().Where(status => !status.IsFinal())];

    /// <summary>Reads a page, newest first.</summary>
    /// <param name="caller">An admin.</param>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin.</exception>
    public async Task<ListPage<AdminExecution>> ListAsync(
        Caller caller, AdminExecutionFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.RequireAdmin(ToSee);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = filter.Now ?? clock.GetUtcNow();
        var executions = await (filter.IsStuck
            ? Stuck(db, filter, now).Select(part => part.Select(GraphExecution.WithoutInputs)).ToList()
                .PageOfAllAsync(e => e.CreatedAt, e => e.Id, page, ct)
            : Narrow(db, filter, now).Select(GraphExecution.WithoutInputs).PageAsync(e => e.CreatedAt, e => e.Id, page, ct));

        // A few statements for the whole page, however many rows it has.
        var ids = executions.Items.Select(e => e.Id).ToList();
        var owners = executions.Items.Select(e => e.UserId).Distinct().ToList();
        var graphs = executions.Items.Select(e => e.GraphId).Distinct().ToList();
        var names = await db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.UserName, ct);
        var graphNames = await db.Graphs.Where(g => graphs.Contains(g.Id))
            .Select(g => new { g.Id, g.Version, g.Name }).ToDictionaryAsync(g => (g.Id, g.Version), g => g.Name, ct);
        var waiting = await db.Reviews
            .Where(r => ids.Contains(r.GraphExecId) && owners.Contains(r.UserId) && r.Status == ReviewStatus.WAITING)
            .GroupBy(r => r.GraphExecId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var unknown = await db.NodeExecutions
            .Where(n => ids.Contains(n.GraphExecId) && n.Status == ExecutionStatus.REVIEW && n.Outcome != null)
            .GroupBy(n => n.GraphExecId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return new(
            [.. executions.Items.Select(e => new AdminExecution(
                e, names.GetValueOrDefault(e.UserId), graphNames.GetValueOrDefault((e.GraphId, e.GraphVersion)),
                waiting.GetValueOrDefault(e.Id), Reason(e, waiting.GetValueOrDefault(e.Id), unknown.GetValueOrDefault(e.Id), now)))],
            executions.Total, executions.Next);
    }

    /// <summary>Counts those of a filter's executions that have not ended, and the stuck ones among them.</summary>
    /// <param name="caller">An admin.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <param name="all">True to count all of however many there are.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin.</exception>
    public async Task<AdminExecutionCounts> CountsAsync(Caller caller, AdminExecutionFilter filter, CancellationToken ct, bool all = false)
    {
        caller.RequireAdmin(ToSee);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = filter.Now ?? clock.GetUtcNow();
        var open = Narrow(db, filter, now);
        return new(
            await CountAsync(Stuck(db, filter, now)),
            await CountAsync([open.Where(e => e.Status == ExecutionStatus.REVIEW)]),
            await CountAsync([open.Where(ExecutionStandings.Are(ExecutionStanding.under_way))]));

        async Task<int> CountAsync(IEnumerable<IQueryable<GraphExecution>> parts)
        {
            var (count, most) = (0, all ? int.MaxValue : ListPage<GraphExecution>.CountLimit + 1);
            foreach (var part in parts)
                count += await part.Take(most - count).CountAsync(ct);
            return count;
        }
    }

    /// <summary>
    /// How many executions came to an end in each of the last <see cref="ReviewFigures.Hours"/> hours, and how many of them with a failure
    /// or a rejection. Stopped ones are none of them.
    /// </summary>
    /// <param name="caller">An admin.</param>
    /// <param name="since">The start of the first hour, as <see cref="DecisionFigures.Since"/>.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin.</exception>
    public async Task<IReadOnlyList<(int Ended, int WithLosses)>> EndedAsync(Caller caller, DateTimeOffset since, CancellationToken ct)
    {
        caller.RequireAdmin(ToSee);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // The end is the last change, which the index has.
        var ended = await db.GraphExecutions
            .Where(e => (e.Status == ExecutionStatus.COMPLETED || e.Status == ExecutionStatus.FAILED) && e.UpdatedAt >= since)
            .OrderByDescending(e => e.UpdatedAt).Take(ReviewFigures.Depth)
            .Select(e => new { e.UpdatedAt, e.Status, HasLosses = e.FailedNodeCount > 0 || e.RejectedNodeCount > 0 })
            .ToListAsync(ct);
        var counts = new (int Ended, int WithLosses)[ReviewFigures.Hours];
        foreach (var one in ended)
        {
            ref var hour = ref counts[ReviewFigures.HourOf(one.UpdatedAt, since)];
            var hasLosses = ExecutionStandings.Of(one.Status, one.HasLosses) == ExecutionStanding.with_losses;
            hour = (hour.Ended + 1, hour.WithLosses + (hasLosses ? 1 : 0));
        }
        return counts;
    }

    static IQueryable<GraphExecution> Narrow(HitlDbContext db, AdminExecutionFilter filter, DateTimeOffset now)
    {
        var rows = db.GraphExecutions.AsQueryable();
        if (filter.IsUnfinished)
            // By the index of the status.
            rows = rows.Where(e => s_unfinished.Contains(e.Status));
        if (filter.Status is { } status)
            rows = rows.Where(e => e.Status == status);
        if (filter.Standing is { } standing)
            rows = rows.Where(ExecutionStandings.Are(standing));
        if (filter.Age is { } age && now - age is var before)
            rows = rows.Where(e => e.CreatedAt <= before);
        if (filter.Until is { } until)
            rows = rows.Where(e => e.CreatedAt <= until);
        if (Word(filter.Agent) is { } agent)
            rows = rows.Where(db.Searching<GraphExecution>(e => e.AskedBy.Has(agent)));
        if (Word(filter.Owner) is { } owner)
            rows = rows.Where(db.Searching<GraphExecution>(e => db.Users.Any(u => u.Id == e.UserId && u.UserName.Has(owner))));
        if (Word(filter.Graph) is { } graph)
            rows = rows.Where(db.Searching<GraphExecution>(e => e.Id.Has(graph) || e.GraphId.Has(graph)
                || db.Set<Graph>().Any(g => g.Id == e.GraphId && g.UserId == e.UserId && g.Name.Has(graph))));
        return rows;
    }

    static string? Word(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>
    /// The stuck ones of a filter, in parts that have none in common and of which each database reads a page in order by an index. What was
    /// started later than it changed last can't be: that narrows what is read.
    /// </summary>
    IEnumerable<IQueryable<GraphExecution>> Stuck(HitlDbContext db, AdminExecutionFilter filter, DateTimeOffset now)
    {
        var (review, running, queued) = (now - options.Value.Review, now - options.Value.Running, now - options.Value.Queued);
        var rows = Narrow(db, filter, now);
        yield return rows.Where(e => e.Status == ExecutionStatus.QUEUED && e.UpdatedAt <= queued && e.CreatedAt <= queued);
        yield return rows.Where(e => e.Status == ExecutionStatus.RUNNING && e.UpdatedAt <= running && e.CreatedAt <= running);
        yield return rows.Where(e => e.Status == ExecutionStatus.REVIEW && e.UpdatedAt <= review && e.CreatedAt <= review);
        var unsettled = db.NodeExecutions.Where(n => n.Status == ExecutionStatus.REVIEW && n.Outcome != null).Select(n => n.GraphExecId);
        rows = rows.Where(e => e.Status == ExecutionStatus.REVIEW && e.UpdatedAt > review);
        yield return rows.Where(e => unsettled.Contains(e.Id));
        // Recovery lets them go on, or they are old enough before long: of very many only the latest are looked at.
        var latest = db.GraphExecutions.Where(e => e.Status == ExecutionStatus.REVIEW)
            .OrderByDescending(e => e.UpdatedAt).Take(Recovery.Portion).Select(e => e.Id);
        yield return rows.Where(e => !unsettled.Contains(e.Id) && latest.Contains(e.Id)
            && !db.Set<Review>().Any(r => r.GraphExecId == e.Id && r.UserId == e.UserId && r.Status == ReviewStatus.WAITING));
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
