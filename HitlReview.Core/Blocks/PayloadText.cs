using System.Text;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks;

/// <summary>Text from outside as a payload.</summary>
static class PayloadText
{
    /// <summary>The JSON string of a text, cut where it would be larger than a payload may be.</summary>
    /// <param name="text">Well-formed text.</param>
    /// <param name="isCut">Set if something was left out.</param>
    public static JsonText Fit(string text, ref bool isCut)
    {
        while (true)
        {
            var size = Encoding.UTF8.GetByteCount(JsonText.Encode(text));
            if (size <= JsonLimits.Payload.MaxBytes)
                return JsonText.Of(text, "text");
            isCut = true;
            // Escapes may lie more densely in the part that is kept; then it is cut again.
            text = TextStart.Of(text, (int)((long)text.Length * JsonLimits.Payload.MaxBytes / size));
        }
    }
}
