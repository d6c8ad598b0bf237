using System.Globalization;
using CsCheck;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Reviews;

public sealed class InterleavingOnSqlite() : InterleavingSpec(new SqliteStore());

public sealed class InterleavingOnPostgres() : InterleavingSpec(new PostgresStore());

/// <summary>
/// Random moves, up to four of them at the same moment, on the real gate and on <see cref="GateModel"/>: whatever came of them must be what
/// comes of them one after another, in some order.
/// </summary>
public abstract class InterleavingSpec(TestStore store) : CoreSpec(store)
{
    const int Rounds = 60;

    static readonly string[] Refusals = Enum.GetNames<Refusal>();
    static readonly Gen<string> GenUser = Gen.Int[0, 5].Select(i => i == 0 ? "ben" : "rosa");
    static readonly Gen<string> GenId = Gen.Int[0, 3].Select(i => "abcd"[i..(i + 1)]);
    static readonly Gen<string> GenRun = Gen.Int[0, 5].Select(i => i == 0 ? "s" : "r");
    static readonly Gen<string> GenNode = Gen.Bool.Select(first => first ? "m" : "n");
    static readonly Gen<int> GenPayload = Gen.Int[1, 2];
    static readonly Gen<int?> GenMaybe = Gen.Int[-4, 2].Select(i => i > 0 ? i : (int?)null);
    static readonly Gen<bool> GenSeldom = Gen.Int[0, 5].Select(i => i == 0);

    static readonly Gen<Verdict> GenVerdict =
        Gen.Select(GenId, GenSeldom.Select(rejected => !rejected), GenMaybe, Gen.Int[0, 2].Select(i => i == 0), GenMaybe)
            .Select((id, approved, edit, ahead, shown) => new Verdict(id, approved, edit, ahead, shown));

    static readonly Gen<GateMove> GenMove = Gen.Frequency(
        (6, Gen.Select(GenUser, GenId, GenRun, GenNode, GenPayload, Gen.Bool).Select((user, id, run, node, payload, editable) =>
            (GateMove)new Ask(user, id, run, node, payload, editable))),
        (6, Gen.Select(GenUser, GenVerdict.Array[1, 2]).Select((user, verdicts) =>
            (GateMove)new Decide(user, [.. verdicts.DistinctBy(v => v.Id)]))),
        (4, Gen.Select(GenUser, GenId).Select((user, id) => (GateMove)new Consume(user, id))),
        (1, Gen.Select(GenUser, GenRun).Select((user, run) => (GateMove)new Stop(user, run))),
        (1, GenRun.Select(run => (GateMove)new AdminCancel(run))),
        (2, Gen.Select(GenUser, GenRun, GenNode).Select((user, run, node) => (GateMove)new Revoke(user, run, node))));

    /// <summary>Moves that are made at the same moment; now and then the program is started anew instead.</summary>
    static readonly Gen<GateMove[]> GenMoment = Gen.Frequency((19, GenMove.Array[1, 4]), (1, Gen.Const(new GateMove[] { new Restart() })));

    [Fact, Invariant(1), Invariant(2), Invariant(3), Invariant(4), Invariant(7), Invariant(8), Invariant(9)]
    public async Task Whatever_is_done_at_once_comes_out_as_if_done_one_after_another()
    {
        var round = 0;
        var succeeded = new HashSet<Type>();
        await GenMoment.Array[5, 15].SampleAsync(async moments =>
        {
            var prefix = $"{Interlocked.Increment(ref round).ToString(CultureInfo.InvariantCulture)}-";
            var model = new GateModel();
            foreach (var moment in moments)
            {
                var told = await MakeAndHearAsync(moment, prefix);
                succeeded.UnionWith(moment.Zip(told).Where(m => !Refusals.Contains(m.Second)).Select(m => m.First.GetType()));
                var now = await StateAsync(prefix);
                model = Orders(model, moment, told).FirstOrDefault(after => Matches(after, now))
                    ?? throw new InvalidOperationException(
                        "No order of these moves explains what came of them.\n"
                        + $"Moves: {string.Join("; ", moment.Zip(told, (m, t) => $"{m} -> {t}"))}\nBefore: {Describe(model)}\nNow: {now}");
            }
        }, iter: Rounds, threads: 1);

        var verdict = await Store.Get<AuditVerifier>().VerifyAsync(Ct);
        Assert.Null(verdict.Fault);
        await EveryDecisionIsInTheTrailOnceAsync();
        Assert.Superset(
            new HashSet<Type> { typeof(Ask), typeof(Decide), typeof(Consume), typeof(Stop) }, succeeded); // Else it has shown little.
    }

    /// <summary>The model after each order of the moves in which everybody is told what they were told.</summary>
    static IEnumerable<GateModel> Orders(GateModel model, GateMove[] moves, string[] told)
    {
        if (moves.Length == 0)
            yield return model;
        for (var i = 0; i < moves.Length; i++)
        {
            var (next, answer) = model.Make(moves[i]);
            if (answer != told[i])
                continue;
            foreach (var after in Orders(next, [.. moves.Take(i), .. moves.Skip(i + 1)], [.. told.Take(i), .. told.Skip(i + 1)]))
                yield return after;
        }
    }

    /// <summary>Makes moves at once, and looks whether somebody who missed them hears the same afterwards as who listened.</summary>
    async Task<string[]> MakeAndHearAsync(GateMove[] moves, string prefix)
    {
        if (moves is [Restart])
            return await MakeAtOnceAsync(moves, prefix);
        var missed = Store.Get<MissedChanges>();
        var place = await missed.HeadAsync(Ct);
        using var feed = Store.Events.OpenAll();
        var told = await MakeAtOnceAsync(moves, prefix);
        // Whoever was answered comes after what they did was told.
        Store.Events.Publish(new PreferencesChanged("end"));
        var live = await feed.ReadAsync(Ct).TakeWhile(change => change is not PreferencesChanged).ToListAsync(Ct);
        foreach (var user in moves.Select(move => move.User).Distinct())
        {
            var read = await missed.ReadAsync(new(user, IsAdmin: false, Surface.Rest), place, Ct);
            Assert.Equal(
                live.Where(change => change.UserId == user).Select(Words).OfType<string>(), read!.Value.Changes.Select(Words));
        }
        return told;

        static string? Words(Change change) => change switch
        {
            ReviewCreated { Review: var review } => $"{change.Place!.Seq} created {review.NodeExecId}",
            ReviewDecided { Review: var review } => $"{change.Place!.Seq} {review.Status} {review.NodeExecId}",
            ReviewsCancelled cancelled => $"{change.Place!.Seq} cancelled {cancelled.Count} in {cancelled.GraphExecId}",
            ExecutionChanged execution => $"{change.Place!.Seq} {execution.Status} {execution.GraphExecId}",
            _ => null,
        };
    }

    async Task<string[]> MakeAtOnceAsync(GateMove[] moves, string prefix)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = moves.Select(move => Task.Run(async () =>
        {
            await go.Task;
            try
            {
                return await MakeAsync(move, prefix);
            }
            catch (RefusedException e)
            {
                return $"{e.Refusal}";
            }
        }, Ct)).ToList();
        go.SetResult();
        return await Task.WhenAll(all);
    }

    async Task<string> MakeAsync(GateMove move, string prefix)
    {
        var caller = (Cast.All.FirstOrDefault(person => person.Id == move.User) ?? Cast.Ada).Caller();
        switch (move)
        {
            case Ask ask:
                var (asked, _) = await Agents.RequestAsync(
                    caller,
                    new(prefix + ask.Id, prefix + ask.Run, ask.Node, Payload(ask.Payload)) { Editable = ask.Editable },
                    Ct);
                return $"{asked.Status} {Number(asked.Payload)}";
            case Decide decide:
                var decided = await Deciding.DecideAsync(caller, [.. decide.Verdicts.Select(v => new Decision(prefix + v.Id, v.Approved)
                {
                    Edit = v.Edit is { } edit ? Payload(edit) : null,
                    AutoApproveFuture = v.Ahead,
                    PayloadHash = v.Shown is { } shown ? Payload(shown).Hash : null,
                })], Ct);
                return $"{decided.ApprovedCount} {decided.RejectedCount}";
            case Consume consume:
                var taken = await Agents.ConsumeAsync(caller, prefix + consume.Id, Ct);
                return $"{Number(taken.Payload)} {Number(taken.OriginalPayload)}";
            case Stop stop:
                return $"{(await Stopping.StopAsync(caller, prefix + stop.Run, Ct)).CancelledReviews}";
            case AdminCancel cancel:
                return $"{(await Stopping.AdminCancelAsync(caller, prefix + cancel.Run, "for a reason", Ct)).CancelledReviews}";
            case Revoke revoke:
                await AutoApprovals.RevokeAsync(caller, prefix + revoke.Run, revoke.Node, Ct);
                return "";
            case Restart:
                await Store.RestartAsync();
                return "";
            default:
                throw new ArgumentOutOfRangeException(nameof(move), move, null);
        }
    }

    static HitlReview.Core.Payloads.JsonText Payload(int number) => Json($$"""{"n": {{number}} }""");

    static int? Number(string? payload) => payload is null ? null : Json(payload).Root.GetProperty("n").GetInt32();

    /// <summary>Reviews, standing approvals and stopped executions of this round as the database has them, in words.</summary>
    async Task<string> StateAsync(string prefix)
    {
        await using var db = Store.Db();
        var reviews = await db.Reviews.AsNoTracking().Where(r => r.NodeExecId.StartsWith(prefix))
            .OrderBy(r => r.UserId).ThenBy(r => r.NodeExecId).ToListAsync(Ct);
        var standing = await db.AutoApprovals.AsNoTracking()
            .Where(a => a.GraphExecId.StartsWith(prefix) && a.RevokedAt == null).ToListAsync(Ct);
        var stopped = await db.StoppedExecutions.AsNoTracking().Where(s => s.GraphExecId.StartsWith(prefix)).ToListAsync(Ct);
        return Describe(
            reviews.Select(r => (
                r.NodeExecId[prefix.Length..],
                new ModelReview(r.UserId, r.GraphExecId[prefix.Length..], r.NodeId, Number(r.Payload)!.Value, r.Editable)
                {
                    Status = r.Status,
                    Original = Number(r.OriginalPayload),
                    Processed = r.Processed,
                    Auto = r.AutoApproved,
                    ByPerson = r.ReviewedBy is not null,
                    TakenUp = r.DeliveredAt is not null,
                })),
            standing.Select(a => (a.UserId, a.GraphExecId[prefix.Length..], a.NodeId)),
            stopped.Select(s => (s.UserId, s.GraphExecId[prefix.Length..])));
    }

    static bool Matches(GateModel model, string state) => Describe(model) == state;

    static string Describe(GateModel model) => Describe(model.Reviews.Select(r => (r.Key.Id, r.Value)), model.Standing, model.Stopped);

    static string Describe(
        IEnumerable<(string Id, ModelReview Review)> reviews,
        IEnumerable<(string User, string Run, string Node)> standing,
        IEnumerable<(string User, string Run)> stopped) =>
        string.Join('\n', [
            .. reviews.Select(r => $"{r.Id} {r.Review}"),
            .. standing.Order().Select(s => $"standing {s}"),
            .. stopped.Order().Select(s => $"stopped {s}")]);

    async Task EveryDecisionIsInTheTrailOnceAsync()
    {
        await using var db = Store.Db();
        var reviews = await db.Reviews.AsNoTracking().ToListAsync(Ct);
        var trail = (await TrailAsync()).ToLookup(e => (e.Action, e.OwnerId, e.NodeExecId));
        Assert.All(reviews, review =>
        {
            Assert.Single(trail[(AuditActions.ReviewRequested, review.UserId, review.NodeExecId)]);
            Assert.Equal(review is { Status: ReviewStatus.APPROVED, ReviewedBy: not null }, Has(AuditActions.ReviewApproved));
            Assert.Equal(review is { Status: ReviewStatus.REJECTED, ReviewedBy: not null }, Has(AuditActions.ReviewRejected));
            Assert.Equal(review.DeliveredAt is not null, Has(AuditActions.ReviewConsumed));

            bool Has(string action) => trail[(action, review.UserId, review.NodeExecId)].Count() switch
            {
                0 => false,
                1 => true,
                var more => throw new InvalidOperationException($"{action} of {review.NodeExecId} is in the trail {more} times."),
            };
        });
    }
}
