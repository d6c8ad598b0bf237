using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Resources;

/// <summary>Puts markup into the sentences of <see cref="Texts"/>.</summary>
static partial class SayMarkup
{
    extension(Say)
    {
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
    }

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();
}
