using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Executions;

/// <summary>
/// What a node emitted and where it leads, in the order in which it is handed on: pin by pin, the values of a pin in their order, each
/// over its links in theirs. One value over one link is a step.
/// </summary>
sealed class Emission
{
    // A payload of the largest size and depth must still fit as one of several values of an output.
    internal static readonly JsonLimits Wide = new(80, 20_000_000);

    readonly List<EmittingPin> _pins = [];

    /// <param name="plan">Has the links.</param>
    /// <param name="nodeId">The node that emitted.</param>
    /// <param name="output">What it emitted, as <see cref="TextOf"/> has it.</param>
    public Emission(ExecutionPlan plan, string nodeId, JsonText output)
    {
        foreach (var pin in output.Root.EnumerateObject())
            if (plan.LinksFrom(nodeId, pin.Name).ToArray() is { Length: > 0 } links && pin.Value.GetArrayLength() > 0)
                _pins.Add(new(pin.Value, links));
    }

    /// <summary>The pins that emitted something which leads somewhere.</summary>
    public IReadOnlyList<EmittingPin> Pins => _pins;

    /// <summary>The stored form of an output: pin to list of values, in the order of emission.</summary>
    /// <exception cref="RefusedException">It is larger or deeper than can be kept.</exception>
    public static string TextOf(IReadOnlyList<BlockOutput> outputs)
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

    /// <summary>The steps from this one on.</summary>
    public IEnumerable<(GraphLink Link, JsonElement Value)> From(int step)
    {
        long left = step;
        foreach (var pin in _pins)
        {
            if (left >= pin.Steps)
            {
                left -= pin.Steps;
                continue;
            }
            var link = (int)(left % pin.Links.Count);
            foreach (var value in pin.Values.EnumerateArray().Skip((int)(left / pin.Links.Count)))
            {
                for (; link < pin.Links.Count; link++)
                    yield return (pin.Links[link], value);
                link = 0;
            }
            left = 0;
        }
    }

    /// <summary>How many bytes of UTF-8 a value takes.</summary>
    public static int BytesOf(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;
}

/// <summary>An output pin that emitted something.</summary>
/// <param name="Values">The list of its values.</param>
/// <param name="Links">The links that lead from it, at least one.</param>
sealed record EmittingPin(JsonElement Values, IReadOnlyList<GraphLink> Links)
{
    /// <summary>How many values it emitted.</summary>
    public int Count => Values.GetArrayLength();

    /// <summary>Its steps.</summary>
    public long Steps => (long)Count * Links.Count;
}

/// <summary>The stored form of an output, put together before the writer is needed: that takes a while where it is large.</summary>
/// <param name="Text">The text; null if it can't be kept.</param>
/// <param name="Problem">Why it can't be kept; null if it can.</param>
sealed record ComposedOutput(JsonText? Text, string? Problem)
{
    /// <summary>What is said of an output that isn't kept; null of one that is.</summary>
    public string? NotKept => Problem is null ? null : NotKeptFor(Problem);

    public static string NotKeptFor(string problem) => $"It ran, but its output can't be kept: {problem}";

    public static ComposedOutput Of(IReadOnlyList<BlockOutput> outputs)
    {
        try
        {
            return new(JsonText.Trusted(Emission.TextOf(outputs)), null);
        }
        catch (RefusedException e)
        {
            return new(null, e.Message);
        }
    }
}
