using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Storage;

/// <summary>How a text is searched for in stored ones (<c>LIKE</c>, with a backslash as its escape).</summary>
static class SearchPattern
{
    /// <summary>The pattern of all that contains a text.</summary>
    public static string Of(string text) => $"%{Escape(text)}%";

    /// <summary>The text with nothing in it that stands for something else.</summary>
    public static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    extension(string? text)
    {
        /// <summary>In a condition of <see cref="Searching"/>: true if the text contains a word, folded both.</summary>
        public bool Has(string word) => throw ForConditions();

        /// <summary>
        /// In a condition of <see cref="Searching"/>: true if the text, which is folded or of ASCII letters, matches a pattern, which is
        /// folded.
        /// </summary>
        public bool IsLike(string pattern) => throw ForConditions();
    }

    /// <summary>A condition with <c>Has</c> or <c>IsLike</c> as a database understands it.</summary>
    /// <param name="db">What it is asked of.</param>
    /// <param name="condition">The condition.</param>
    public static Expression<Func<T, bool>> Searching<T>(this HitlDbContext db, Expression<Func<T, bool>> condition) =>
        (Expression<Func<T, bool>>)new InSql(db.Database.IsNpgsql()).Visit(condition);

    static NotSupportedException ForConditions() => new("It is for conditions only.");

    sealed class InSql(bool isNpgsql) : ExpressionVisitor
    {
        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            if (node.Method.DeclaringType != typeof(SearchPattern) || node.Method.ReturnType != typeof(bool))
                return base.VisitMethodCall(node);
            var (text, sought) = (Visit(node.Arguments[0])!, Visit(node.Arguments[1])!);
            return node.Method.Name == nameof(IsLike) ? Like(text, sought) : Like(Fold(text), Fold(Of(sought)));
        }

        // Of ASCII letters upper and lower case are one: SQLite's LIKE is so by itself, and ILIKE where no language has letters of its own.
        MethodCallExpression Like(Expression text, Expression pattern) => Expression.Call(
            isNpgsql ? typeof(NpgsqlDbFunctionsExtensions) : typeof(DbFunctionsExtensions),
            isNpgsql ? nameof(NpgsqlDbFunctionsExtensions.ILike) : nameof(DbFunctionsExtensions.Like),
            null, Expression.Constant(EF.Functions), isNpgsql ? InC(text) : text, pattern, Expression.Constant("\\"));

        static MethodCallExpression InC(Expression text) => Expression.Call(
            typeof(RelationalDbFunctionsExtensions), nameof(RelationalDbFunctionsExtensions.Collate), [text.Type],
            Expression.Constant(EF.Functions), text, Expression.Constant("C"));

        static MethodCallExpression Fold(Expression text) => Expression.Call(typeof(HitlDbContext), nameof(HitlDbContext.Fold), null, text);

        static MethodCallExpression Of(Expression word) => Expression.Call(typeof(SearchPattern), nameof(SearchPattern.Of), null, word);
    }
}
