using System.Data.Common;
using System.Text;
using HitlReview.Core.Payloads;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HitlReview.Core.Storage;

/// <summary>
/// Keeps from both databases the texts that PostgreSQL can't hold: U+0000 and half a surrogate pair. Whoever sent one, be it as an id
/// that can name nothing, is told so; without this the database itself would fail.
/// </summary>
sealed class StorableText : DbCommandInterceptor
{
    public static StorableText Instance { get; } = new();

    /// <exception cref="RefusedException">The value is a text, or has one among its items, that can't be stored.</exception>
    public static void Check(object? value)
    {
        if (value is string text && (text.Contains('\0') || !JsonText.IsWellFormed(text)))
            throw new RefusedException(Refusal.Invalid, "An id or a text contains U+0000 or half a surrogate pair, which can't be stored.");
        if (value is IEnumerable<string?> texts)
            foreach (var item in texts)
                Check(item);
    }

    /// <summary>A text of our own making, such as the message of a fault, in a form that can be stored.</summary>
    public static string Of(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        foreach (DbParameter parameter in result.Parameters)
            Check(parameter.Value);
        return result;
    }
}
