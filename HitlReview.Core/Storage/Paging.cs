using System.Buffers.Text;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Storage;

/// <summary>
/// Which part of a list to read: from a cursor, which stays fast at any depth and neither skips nor repeats while rows come and go, or by
/// page number.
/// </summary>
/// <param name="Page">From 1; ignored where there is a cursor.</param>
/// <param name="PageSize">1 to 100.</param>
/// <param name="After">The last row of the page before; null for none.</param>
public sealed record PageRequest(int Page, int PageSize, ListCursor? After = null)
{
    /// <summary>The rows of a page unless the caller says otherwise.</summary>
    public const int DefaultSize = 25;

    /// <summary>The most rows of a page.</summary>
    public const int MaxSize = 100;

    /// <summary>The first page.</summary>
    public static PageRequest First { get; } = new(1, DefaultSize);

    /// <summary>Checks what a caller asked for.</summary>
    /// <exception cref="RefusedException"><see cref="Refusal.Invalid"/>, naming the parameter.</exception>
    public static PageRequest Check(int? page, int? pageSize, string? cursor)
    {
        if (page is < 1)
            throw new RefusedException(Refusal.Invalid, $"page must be at least 1; it is {page}.");
        if (pageSize is < 1 or > MaxSize)
            throw new RefusedException(Refusal.Invalid, $"page_size must be between 1 and {MaxSize}; it is {pageSize}.");
        return new(page ?? 1, pageSize ?? DefaultSize, cursor is null ? null : ListCursor.Parse(cursor));
    }

    internal long Skip => After is null ? (long)(Page - 1) * PageSize : 0;
}

/// <summary>A place in a list ordered by time and id.</summary>
/// <param name="At">The time of the row before it.</param>
/// <param name="Id">The id of the row before it.</param>
public sealed record ListCursor(DateTimeOffset At, string Id)
{
    /// <summary>The place in a list that is ordered by number, whose ids are such numbers.</summary>
    /// <exception cref="RefusedException">It is of another list.</exception>
    internal int Ordinal => int.TryParse(Id, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : throw Foreign();

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="RefusedException">It isn't of that form.</exception>
    public static ListCursor Parse(string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at))
                return new(UtcMicroseconds.To(at), text[(colon + 1)..]);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
        }
        throw Foreign();
    }

    static RefusedException Foreign() => new(Refusal.Invalid, "cursor is not one that this server gave out.");

    /// <inheritdoc/>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{UtcMicroseconds.From(At)}:{Id}"));
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Total">How many rows the list has, counted up to <see cref="CountLimit"/>; null where there are more.</param>
/// <param name="Next">Where the next page starts; null on the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Items, int? Total, ListCursor? Next)
{
    /// <summary>Beyond this many rows the total isn't counted: counting a million costs a thousand times the page.</summary>
    public const int CountLimit = 10_000;
}

/// <summary>Reads pages of lists that are ordered by time, newest first.</summary>
static class Paging
{
    /// <summary>Reads a page and counts the list.</summary>
    /// <param name="list">The list, unordered.</param>
    /// <param name="at">The time it is ordered by.</param>
    /// <param name="id">The id that orders rows of the same time.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Cancels the queries.</param>
    public static async Task<ListPage<T>> PageAsync<T>(
        this IQueryable<T> list, Expression<Func<T, DateTimeOffset>> at, Expression<Func<T, string>> id, PageRequest page,
        CancellationToken ct)
    {
        var rest = page.After is { } after ? list.Where(Beyond(at, id, after, descending: true)) : list;
        var rows = page.Skip > int.MaxValue ? []
            : await rest.InOrder(at, id, descending: true).Skip((int)page.Skip).Take(page.PageSize + 1).ToListAsync(ct);
        var more = rows.Count > page.PageSize;
        if (more)
            rows.RemoveAt(page.PageSize);
        var count = await list.Take(ListPage<T>.CountLimit + 1).CountAsync(ct);
        return new(rows, count > ListPage<T>.CountLimit ? null : count, more ? new(at.Compile()(rows[^1]), id.Compile()(rows[^1])) : null);
    }

    /// <summary>
    /// As <see cref="PageAsync"/>, of several lists that have no row in common. By number no page is read that begins beyond <see
    /// cref="ListPage{T}.CountLimit"/>: each list may have all that comes before it.
    /// </summary>
    public static async Task<ListPage<T>> PageOfAllAsync<T>(
        this IReadOnlyList<IQueryable<T>> lists, Expression<Func<T, DateTimeOffset>> at, Expression<Func<T, string>> id, PageRequest page,
        CancellationToken ct)
    {
        var (rows, count) = (new List<T>(), 0);
        var (timeOf, idOf) = (at.Compile(), id.Compile());
        var most = (int)Math.Min(page.Skip, ListPage<T>.CountLimit) + page.PageSize + 1;
        foreach (var list in lists)
        {
            var rest = page.After is { } after ? list.Where(Beyond(at, id, after, descending: true)) : list;
            if (page.Skip <= ListPage<T>.CountLimit)
                rows.AddRange(await rest.InOrder(at, id, descending: true).Take(most).ToListAsync(ct));
            count += await list.Take(ListPage<T>.CountLimit + 1 - count).CountAsync(ct);
        }
        // One that moves meanwhile may be read in two of them.
        var shown = rows.DistinctBy(idOf).OrderByDescending(timeOf).ThenByDescending(idOf, StringComparer.Ordinal)
            .Skip((int)Math.Min(page.Skip, int.MaxValue)).Take(page.PageSize + 1).ToList();
        var more = shown.Count > page.PageSize;
        if (more)
            shown.RemoveAt(page.PageSize);
        return new(shown, count > ListPage<T>.CountLimit ? null : count, more ? new(timeOf(shown[^1]), idOf(shown[^1])) : null);
    }

    /// <summary>Orders by time and, of the same time, by id.</summary>
    public static IQueryable<T> InOrder<T>(
        this IQueryable<T> list, Expression<Func<T, DateTimeOffset>> at, Expression<Func<T, string>> id, bool descending) =>
        descending ? list.OrderByDescending(at).ThenByDescending(id) : list.OrderBy(at).ThenBy(id);

    /// <summary>
    /// What comes behind a row. "Not later, and of the same time only the smaller ids" (or not earlier, and the larger ones), in a form
    /// that both databases answer from the index.
    /// </summary>
    public static Expression<Func<T, bool>> Beyond<T>(
        Expression<Func<T, DateTimeOffset>> at, Expression<Func<T, string>> id, ListCursor after, bool descending)
    {
        var row = at.Parameters[0];
        var rowId = new Rename(id.Parameters[0], row).Visit(id.Body);
        Expression<Func<ListCursor>> cursor = () => after;
        var afterAt = Expression.Property(cursor.Body, nameof(ListCursor.At));
        var afterId = Expression.Property(cursor.Body, nameof(ListCursor.Id));
        var compared = Expression.Call(typeof(string), nameof(string.Compare), null, rowId, afterId);
        var (orBeyond, beyond, idBeyond) = descending
            ? (Expression.LessThanOrEqual(at.Body, afterAt), Expression.LessThan(at.Body, afterAt),
                Expression.LessThan(compared, Expression.Constant(0)))
            : (Expression.GreaterThanOrEqual(at.Body, afterAt), Expression.GreaterThan(at.Body, afterAt),
                Expression.GreaterThan(compared, Expression.Constant(0)));
        return Expression.Lambda<Func<T, bool>>(Expression.AndAlso(orBeyond, Expression.OrElse(beyond, idBeyond)), row);
    }

    sealed class Rename(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
