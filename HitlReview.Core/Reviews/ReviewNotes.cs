using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>What a person has written about a review, for others who may see it.</summary>
public sealed class ReviewNote
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>The owner of the review.</summary>
    public required string UserId { get; init; }

    /// <summary>The review.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string AuthorId { get; init; }

    /// <summary>What. Hostile text.</summary>
    public required string Text { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A note as it is shown.</summary>
/// <param name="Id">Names it.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="AuthorName">Their name; null where there is no such account any more.</param>
/// <param name="Text">What. Hostile text.</param>
/// <param name="CreatedAt">When.</param>
public sealed record ShownNote(string Id, string AuthorId, string? AuthorName, string Text, DateTimeOffset CreatedAt);

/// <summary>
/// Keeps what people write about reviews for one another: its owner and admins. A note decides nothing, is told to no program, and stays
/// as it was written.
/// </summary>
public sealed class ReviewNotes(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The longest note, in code points.</summary>
    public const int MaxNote = 2_000;

    /// <summary>How many notes a review may have.</summary>
    public const int Most = 100;

    /// <summary>Adds a note.</summary>
    /// <param name="caller">A person who may see the review.</param>
    /// <param name="review">The review.</param>
    /// <param name="text">What they write; trimmed.</param>
    /// <param name="ct">Gives up while the write waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.NotFound"/>: no such review, or not theirs to see. <see cref="Refusal.Forbidden"/>: a program.
    /// <see cref="Refusal.Invalid"/>: empty or too long. <see cref="Refusal.Conflict"/>: it has too many.
    /// </exception>
    public Task AddAsync(Caller caller, Review review, string? text, CancellationToken ct)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "Only a person writes notes.");
        var note = Identifiers.CheckText(text, "note", MaxNote) ?? throw new RefusedException(Refusal.Invalid, "A note must not be empty.");
        return queue.WriteAsync(caller, async tx =>
        {
            if (!await tx.Db.Reviews.VisibleTo(caller).AnyAsync(r => r.UserId == review.UserId && r.NodeExecId == review.NodeExecId, ct))
                throw ReviewMoves.Unknown(review.NodeExecId);
            if (await Of(tx.Db, review).CountAsync(ct) >= Most)
                throw new RefusedException(Refusal.Conflict, $"A review can have {Most} notes, and this one has.");
            tx.Db.Add(new ReviewNote
            {
                Id = Guid.CreateVersion7(tx.Now).ToString(),
                UserId = review.UserId,
                NodeExecId = review.NodeExecId,
                AuthorId = caller.UserId,
                Text = note,
                CreatedAt = tx.Now,
            });
            await tx.Db.SaveChangesAsync(ct);
            var entry = AuditEntry.By(caller, AuditActions.ReviewNoted) with
            {
                OwnerId = review.UserId,
                GraphExecId = review.GraphExecId,
                NodeExecId = review.NodeExecId,
                Detail = note,
            };
            tx.Record(entry, new ReviewNoted(review.UserId, review.NodeExecId));
        }, ct);
    }

    /// <summary>The notes at a review, oldest first; none where the caller is a program.</summary>
    public async Task<IReadOnlyList<ShownNote>> ListAsync(Caller caller, Review review, CancellationToken ct)
    {
        if (caller.Key is not null || !caller.Sees(review))
            return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Of(db, review).OrderBy(n => n.CreatedAt).ThenBy(n => n.Id)
            .Select(n => new ShownNote(
                n.Id, n.AuthorId, db.Users.Where(u => u.Id == n.AuthorId).Select(u => u.UserName).FirstOrDefault(), n.Text, n.CreatedAt))
            .ToListAsync(ct);
    }

    static IQueryable<ReviewNote> Of(HitlDbContext db, Review review) =>
        db.ReviewNotes.AsNoTracking().Where(n => n.UserId == review.UserId && n.NodeExecId == review.NodeExecId);
}
