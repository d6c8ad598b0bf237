using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Payload;

/// <summary>Draws sentences of ours with values from outside in them.</summary>
static class SentenceMarkup
{
    extension(Sentence)
    {
        /// <summary>A sentence in which values are set apart from our words, and a cut shows.</summary>
        /// <param name="sentence">The sentence.</param>
        /// <param name="maxValue">Where a value is cut, in UTF-16 code units.</param>
        public static RenderFragment Show(IReadOnlyList<SentencePart> sentence, int maxValue = 300) => builder =>
        {
            foreach (var part in sentence)
            {
                builder.OpenRegion(0);
                if (part.IsInput)
                {
                    builder.OpenElement(0, "span");
                    builder.AddAttribute(1, "class", "input");
                    builder.AddContent(2, Visible.Text(part.Text, maxValue));
                    builder.CloseElement();
                }
                else
                    builder.AddContent(3, part.Text);
                builder.CloseRegion();
            }
        };
    }
}
