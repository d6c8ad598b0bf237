using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Resources;

/// <summary>Puts markup into the sentences of <see cref="Texts"/>.</summary>
static class SayMarkup
{
    extension(Say)
    {
        /// <summary>A sentence without values, for where others have some.</summary>
        public static RenderFragment Plain(string text) => builder => builder.AddContent(0, text);

        /// <summary>The sentence with markup, such as a link, in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
        public static RenderFragment Markup(string text, params RenderFragment[] parts) => builder =>
        {
            foreach (var (words, place) in Sentence.Pieces(text))
            {
                builder.OpenRegion(0);
                if (place is { } at)
                    builder.AddContent(1, parts[at]);
                else
                    builder.AddContent(0, words);
                builder.CloseRegion();
            }
        };
    }
}
