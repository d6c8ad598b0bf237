using System.Collections.Immutable;
using HitlReview.Core;
using HitlReview.Core.Reviews;

namespace HitlReview.Tests.Core.Reviews;

/// <summary>What somebody does at the gate.</summary>
/// <param name="User">Who.</param>
public abstract record GateMove(string User);

/// <summary>An agent asks.</summary>
public sealed record Ask(string User, string Id, string Run, string Node, int Payload, bool Editable) : GateMove(User);

/// <summary>One decision of a batch.</summary>
/// <param name="Id">The review.</param>
/// <param name="Approved">The verdict.</param>
/// <param name="Edit">The payload that should run instead; null for no edit.</param>
/// <param name="Ahead">Approve what the node asks later, too.</param>
/// <param name="Shown">The payload that was on the screen; null if it isn't said.</param>
public sealed record Verdict(string Id, bool Approved, int? Edit, bool Ahead, int? Shown);

/// <summary>A person decides.</summary>
public sealed record Decide(string User, IReadOnlyList<Verdict> Verdicts) : GateMove(User)
{
    /// <inheritdoc/>
    public override string ToString() => $"Decide {{ {User}: {string.Join(", ", Verdicts)} }}";
}

/// <summary>An agent takes an approval up.</summary>
public sealed record Consume(string User, string Id) : GateMove(User);

/// <summary>A person stops an execution.</summary>
public sealed record Stop(string User, string Run) : GateMove(User);

/// <summary>An admin cancels an execution of all users.</summary>
public sealed record AdminCancel(string Run) : GateMove("ada");

/// <summary>A person takes a standing approval back.</summary>
public sealed record Revoke(string User, string Run, string Node) : GateMove(User);

/// <summary>The program stops and starts again.</summary>
public sealed record Restart() : GateMove("");

/// <summary>A review as the model knows it.</summary>
public sealed record ModelReview(string User, string Run, string Node, int Payload, bool Editable)
{
    public ReviewStatus Status { get; init; }

    public int? Original { get; init; }

    public bool Processed { get; init; }

    public bool Auto { get; init; }

    public bool ByPerson { get; init; }

    public bool TakenUp { get; init; }
}

/// <summary>
/// The gate in a few lines, one move at a time, nothing stored: what section 4 of the design promises, written a second time to hold
/// the real one against it.
/// </summary>
public sealed record GateModel
{
    public ImmutableSortedDictionary<(string User, string Id), ModelReview> Reviews { get; init; } =
        ImmutableSortedDictionary<(string User, string Id), ModelReview>.Empty;

    public ImmutableHashSet<(string User, string Run)> Stopped { get; init; } = [];

    public ImmutableHashSet<(string User, string Run, string Node)> Standing { get; init; } = [];

    /// <summary>Makes a move.</summary>
    /// <returns>The model after it, and what the mover is told: a refusal by its name, else the figures of the answer.</returns>
    public (GateModel Next, string Told) Make(GateMove move) => move switch
    {
        Ask ask => Make(ask),
        Decide decide => Make(decide),
        Consume consume => Make(consume),
        Stop stop => Own(stop.User, stop.Run) ? StopFor([stop.User], stop.Run) : (this, $"{Refusal.NotFound}"),
        AdminCancel cancel => Reviews.Values.Where(r => r.Run == cancel.Run).Select(r => r.User).Distinct().ToList() switch
        {
            [] => (this, $"{Refusal.NotFound}"),
            var owners when owners.TrueForAll(owner => Stopped.Contains((owner, cancel.Run))) => (this, $"{Refusal.Conflict}"),
            var owners => StopFor(owners, cancel.Run),
        },
        Revoke revoke => Standing.Contains((revoke.User, revoke.Run, revoke.Node))
            ? (this with { Standing = Standing.Remove((revoke.User, revoke.Run, revoke.Node)) }, "")
            : (this, $"{Refusal.NotFound}"),
        Restart => (this, ""),
        _ => throw new ArgumentOutOfRangeException(nameof(move), move, null),
    };

    (GateModel, string) Make(Ask ask)
    {
        if (Stopped.Contains((ask.User, ask.Run)))
            return (this, $"{Refusal.Conflict}");
        if (Reviews.TryGetValue((ask.User, ask.Id), out var there))
            return (this, $"{there.Status} {there.Payload}");
        var review = new ModelReview(ask.User, ask.Run, ask.Node, ask.Payload, ask.Editable);
        if (Standing.Contains((ask.User, ask.Run, ask.Node)))
            review = review with { Status = ReviewStatus.APPROVED, Auto = true };
        return (this with { Reviews = Reviews.Add((ask.User, ask.Id), review) }, $"{review.Status} {review.Payload}");
    }

    (GateModel, string) Make(Decide decide)
    {
        if (decide.Verdicts.Any(v => !Reviews.ContainsKey((decide.User, v.Id))))
            return (this, $"{Refusal.NotFound}");
        var pairs = decide.Verdicts
            .Select(v => (Verdict: v with { Edit = v.Approved && !v.Ahead ? v.Edit : null }, Review: Reviews[(decide.User, v.Id)]))
            .ToList();
        if (pairs.Exists(p => p.Review.Run != pairs[0].Review.Run))
            return (this, $"{Refusal.Conflict}");
        if (pairs.Exists(p => p.Review.Status != ReviewStatus.WAITING && !IsSame(p.Verdict, p.Review)))
            return (this, $"{Refusal.Conflict}");
        var open = pairs.Where(p => p.Review.Status == ReviewStatus.WAITING).ToList();
        if (open.Exists(p => p.Verdict.Shown is { } shown && shown != p.Review.Payload))
            return (this, $"{Refusal.Conflict}");
        if (open.Exists(p => !p.Review.Editable && p.Verdict.Edit is { } edit && edit != p.Review.Payload))
            return (this, $"{Refusal.BadRequest}");

        var next = this;
        foreach (var (verdict, review) in open)
        {
            var changed = verdict.Edit is { } edit && edit != review.Payload;
            next = next with
            {
                Reviews = next.Reviews.SetItem((decide.User, verdict.Id), review with
                {
                    Status = verdict.Approved ? ReviewStatus.APPROVED : ReviewStatus.REJECTED,
                    Original = changed ? review.Payload : null,
                    Payload = changed ? verdict.Edit!.Value : review.Payload,
                    ByPerson = true,
                }),
                Standing = verdict is { Approved: true, Ahead: true }
                    ? next.Standing.Add((review.User, review.Run, review.Node))
                    : next.Standing,
            };
        }
        return (next, $"{pairs.Count(p => p.Verdict.Approved)} {pairs.Count(p => !p.Verdict.Approved)}");
    }

    static bool IsSame(Verdict verdict, ModelReview review) =>
        verdict.Approved == (review.Status == ReviewStatus.APPROVED)
        && review is not { Status: ReviewStatus.REJECTED, ByPerson: false }
        && (!verdict.Approved || (verdict.Edit ?? verdict.Shown ?? review.Payload) == review.Payload);

    (GateModel, string) Make(Consume consume) =>
        !Reviews.TryGetValue((consume.User, consume.Id), out var review) ? (this, $"{Refusal.NotFound}")
        : review is not { Status: ReviewStatus.APPROVED, Processed: false } ? (this, $"{Refusal.Conflict}")
        : (this with { Reviews = Reviews.SetItem((consume.User, consume.Id), review with { Processed = true, TakenUp = true }) },
            $"{review.Payload} {review.Original}");

    bool Own(string user, string run) => Stopped.Contains((user, run)) || Reviews.Values.Any(r => r.User == user && r.Run == run);

    (GateModel, string) StopFor(IReadOnlyCollection<string> owners, string run)
    {
        var (next, cancelled) = (this, 0);
        foreach (var (id, review) in Reviews.Where(r => r.Value.Run == run && owners.Contains(r.Value.User)))
            switch (review)
            {
                case { Status: ReviewStatus.WAITING }:
                    cancelled++;
                    next = next with
                    {
                        Reviews = next.Reviews.SetItem(id, review with { Status = ReviewStatus.REJECTED, Processed = true }),
                    };
                    break;
                case { Status: ReviewStatus.APPROVED, Processed: false }:
                    next = next with { Reviews = next.Reviews.SetItem(id, review with { Processed = true }) };
                    break;
            }
        return (next with
        {
            Stopped = next.Stopped.Union(owners.Select(owner => (owner, run))),
            Standing = next.Standing.Except(next.Standing.Where(s => s.Run == run && owners.Contains(s.User))),
        }, $"{cancelled}");
    }
}
