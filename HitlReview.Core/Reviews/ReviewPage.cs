using System.Runtime.CompilerServices;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>
/// A page of reviews that is read as it is taken: whoever takes it slowly holds a portion of it, and no connection to the database.
/// </summary>
/// <param name="Items">The reviews. One that has left the list since it was asked for is left out.</param>
/// <param name="Total">How many the list has, counted up to <see cref="ListPage{T}.CountLimit"/>; null where there are more.</param>
/// <param name="Next">Where the next page starts; null on the last.</param>
public sealed record ReviewPage(IAsyncEnumerable<Review> Items, int? Total, ListCursor? Next);

/// <summary>What is known of a review before it is read.</summary>
sealed record ReviewHead(string UserId, string NodeExecId, DateTimeOffset CreatedAt, long Bytes);

/// <summary>Plans a page by what its rows weigh, and reads them in portions.</summary>
static class ReviewPages
{
    /// <summary>The most bytes that are read at once, unless one review alone has more.</summary>
    const int PortionBytes = 256_000;

    /// <summary>
    /// Finds where a page ends: at its number of rows or, after one row at least, before they have more bytes than may be.
    /// </summary>
    /// <param name="heads">The rows from the page's start on, one more than the page may have where there are as many.</param>
    /// <param name="most">How many rows it may have.</param>
    /// <param name="maxBytes">How many bytes.</param>
    /// <returns>The rows of the page, and where the next starts.</returns>
    public static (IReadOnlyList<ReviewHead> Heads, ListCursor? Next) Cut(IReadOnlyList<ReviewHead> heads, int most, long maxBytes)
    {
        var count = 0;
        for (var bytes = 0L; count < Math.Min(heads.Count, most); count++)
            if ((bytes += heads[count].Bytes) > maxBytes && count > 0)
                break;
        return (
            [.. heads.Take(count)],
            count < heads.Count && count > 0 ? new(heads[count - 1].CreatedAt, heads[count - 1].NodeExecId) : null);
    }

    /// <summary>True if the whole page is read at once.</summary>
    public static bool IsOnePortion(IReadOnlyList<ReviewHead> heads) => heads.Sum(head => head.Bytes) <= PortionBytes;

    /// <summary>Reads a page portion by portion, each when it is asked for.</summary>
    /// <param name="contexts">Makes a context for each portion.</param>
    /// <param name="list">The list.</param>
    /// <param name="heads">The rows of the page, in the list's order.</param>
    /// <param name="ct">Cancels the queries.</param>
    public static async IAsyncEnumerable<Review> ReadAsync(
        IDbContextFactory<HitlDbContext> contexts, Func<HitlDbContext, IQueryable<Review>> list, IReadOnlyList<ReviewHead> heads,
        [EnumeratorCancellation] CancellationToken ct)
    {
        for (var from = 0; from < heads.Count;)
        {
            var to = from;
            for (var bytes = 0L; to < heads.Count && (to == from || bytes + heads[to].Bytes <= PortionBytes); to++)
                bytes += heads[to].Bytes;
            var portion = await PortionAsync(contexts, list, [.. heads.Skip(from).Take(to - from)], ct);
            while (portion.TryDequeue(out var review))
                yield return review;
            from = to;
        }
    }

    static async Task<Queue<Review>> PortionAsync(
        IDbContextFactory<HitlDbContext> contexts, Func<HitlDbContext, IQueryable<Review>> list, IReadOnlyList<ReviewHead> heads,
        CancellationToken ct)
    {
        var ids = heads.Select(head => head.NodeExecId).ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return InOrder(await list(db).Where(r => ids.Contains(r.NodeExecId)).ToListAsync(ct), heads);
    }

    /// <summary>Those of the rows that are on the page, in its order.</summary>
    public static Queue<Review> InOrder(IEnumerable<Review> rows, IReadOnlyList<ReviewHead> heads)
    {
        var read = rows.ToDictionary(r => (r.UserId, r.NodeExecId));
        return new(heads.Select(head => read.GetValueOrDefault((head.UserId, head.NodeExecId))).OfType<Review>());
    }
}
