using System.Globalization;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Showing;

/// <summary>Puts values into sentences of ours.</summary>
public static class Say
{
    /// <summary>The sentence with its values in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static string With(string text, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, text, values);

    /// <summary>A number with the noun that goes with it; both texts have the number as <c>{0}</c>.</summary>
    public static string Count(int number, string one, string other) => With(number == 1 ? one : other, Number(number));

    /// <summary>A number as it stands in a sentence.</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>
    /// A number that was counted up to one more than <see cref="ListPage{T}.CountLimit"/>: "10,000+" where there are more.
    /// </summary>
    public static string Counted(int number) =>
        number > ListPage<Review>.CountLimit ? $"{Number(ListPage<Review>.CountLimit)}+" : Number(number);
}
