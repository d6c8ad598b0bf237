using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Resources;

/// <summary>Puts values into the sentences of <see cref="Texts"/>.</summary>
static partial class Say
{
    /// <summary>The sentence with its values in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static string With(string text, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, text, values);

    /// <summary>A sentence without values, for where others have some.</summary>
    public static RenderFragment Plain(string text) => builder => builder.AddContent(0, text);

    /// <summary>The sentence with markup, such as a link, in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static RenderFragment Markup(string text, params RenderFragment[] parts) => builder =>
    {
        // What is between the places, and each place as its number, by turns.
        foreach (var (at, piece) in Place().Split(text).Index())
        {
            builder.OpenRegion(0);
            if (at % 2 == 0)
                builder.AddContent(0, piece);
            else
                builder.AddContent(1, parts[int.Parse(piece, CultureInfo.InvariantCulture)]);
            builder.CloseRegion();
        }
    };

    /// <summary>A number with the noun that goes with it; both texts have the number as <c>{0}</c>.</summary>
    public static string Count(int number, string one, string other) => With(number == 1 ? one : other, Number(number));

    /// <summary>A number as it stands in a sentence.</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.CurrentCulture);

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();
}
