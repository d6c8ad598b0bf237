using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Storage;

/// <summary>What a text is searched for with (<c>LIKE</c>, with a backslash as its escape).</summary>
static class SearchPattern
{
    /// <summary>The pattern of all that contains a text.</summary>
    public static string Of(string text) => $"%{Escape(text)}%";

    /// <summary>The text with nothing in it that stands for something else.</summary>
    public static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>A condition in which upper and lower case are one: SQLite's LIKE is so by itself, for ASCII letters.</summary>
    /// <param name="db">What it is asked of.</param>
    /// <param name="condition">The condition, with <c>EF.Functions.Like</c>.</param>
    public static Expression<Func<T, bool>> WithoutCase<T>(this HitlDbContext db, Expression<Func<T, bool>> condition) =>
        db.Database.IsNpgsql() ? (Expression<Func<T, bool>>)new Caseless().Visit(condition) : condition;

    sealed class Caseless : ExpressionVisitor
    {
        protected override Expression VisitMethodCall(MethodCallExpression node) =>
            node.Method.Name == nameof(DbFunctionsExtensions.Like) && node.Arguments.Count == 4
                ? Expression.Call(
                    typeof(NpgsqlDbFunctionsExtensions),
                    nameof(NpgsqlDbFunctionsExtensions.ILike),
                    null,
                    [.. node.Arguments.Select(Visit)!])
                : base.VisitMethodCall(node);
    }
}
