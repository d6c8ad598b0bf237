using System.Text;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Actions;

/// <summary>The stored form of an output, put together before the writer is needed: that takes a while where it is large.</summary>
/// <param name="Text">The text; null if it can't be kept.</param>
/// <param name="Problem">Why it can't be kept; null if it can.</param>
sealed record ComposedOutput(JsonText? Text, string? Problem)
{
    // A payload of the largest size and depth must still fit as one of several values of an output.
    internal static readonly JsonLimits Wide = new(80, 20_000_000);

    /// <summary>What is said of an output that isn't kept; null of one that is.</summary>
    public string? NotKept => Problem is null ? null : NotKeptFor(Problem);

    public static string NotKeptFor(string problem) => $"It ran, but its output can't be kept: {problem}";

    public static ComposedOutput Of(IReadOnlyList<BlockOutput> outputs)
    {
        try
        {
            return new(JsonText.Trusted(TextOf(outputs)), null);
        }
        catch (RefusedException e)
        {
            return new(null, e.Message);
        }
        catch (Exception e)
        {
            return new(null, $"It can't be put together ({e.GetType().Name}).");
        }
    }

    /// <summary>The stored form of an output: pin to list of values, in the order of emission.</summary>
    /// <exception cref="RefusedException">It is larger or deeper than can be kept.</exception>
    static string TextOf(IReadOnlyList<BlockOutput> outputs)
    {
        var pins = new List<(string Name, StringBuilder Values)>();
        var length = 0L;
        foreach (var (pin, value) in outputs)
        {
            if (pins.Find(p => p.Name == pin).Values is not { } values)
                pins.Add((pin, values = new("[")));
            else
                values.Append(',');
            values.Append(value.Text);
            // It is refused below; the rest needn't be put together for that.
            if ((length += value.Text.Length) > Wide.MaxBytes)
                break;
        }
        return JsonParts.Compose(pins.Select(p => KeyValuePair.Create(p.Name, JsonText.Trusted(p.Values.Append(']').ToString()))),
            "output", Wide).Text;
    }
}
