using System.Runtime.InteropServices;
using System.Text.Json;
using HitlReview.Core.Actions;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Executions;

/// <summary>
/// What a node emitted and where it leads, in the order in which it is handed on: pin by pin, the values of a pin in their order, each
/// over its links in theirs. One value over one link is a step.
/// </summary>
sealed class Emission
{
    readonly List<EmittingPin> _pins = [];

    /// <param name="plan">Has the links.</param>
    /// <param name="nodeId">The node that emitted.</param>
    /// <param name="output">What it emitted, as <see cref="ComposedOutput"/> has it.</param>
    public Emission(ExecutionPlan plan, string nodeId, JsonText output)
    {
        foreach (var pin in output.Root.EnumerateObject())
            if (plan.LinksFrom(nodeId, pin.Name).ToArray() is { Length: > 0 } links && pin.Value.GetArrayLength() > 0)
                _pins.Add(new(pin.Value, links));
    }

    /// <summary>The pins that emitted something which leads somewhere.</summary>
    public IReadOnlyList<EmittingPin> Pins => _pins;

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
