using System.Globalization;

namespace HitlReview.Web.Resources;

/// <summary>Puts values into the sentences of <see cref="Texts"/>.</summary>
static class Say
{
    /// <summary>The sentence with its values in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static string With(string text, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, text, values);

    /// <summary>A number with the noun that goes with it; both texts have the number as <c>{0}</c>.</summary>
    public static string Count(int number, string one, string other) => With(number == 1 ? one : other, number.ToString("N0", CultureInfo.CurrentCulture));
}
