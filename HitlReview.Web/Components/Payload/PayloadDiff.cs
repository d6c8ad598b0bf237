using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Payload;

/// <summary>A line of a difference.</summary>
/// <param name="Change">Added, removed or kept.</param>
/// <param name="Text">The line, or how many kept lines stand folded in its place.</param>
/// <param name="Folded">How many kept lines it stands for; 0 for a line itself.</param>
public sealed record DiffLine(LineChange Change, string Text, int Folded = 0);

/// <summary>What became of a line.</summary>
public enum LineChange
{
    /// <summary>It is in both.</summary>
    Kept,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>The difference between two payloads, line by line of their common layout, so that only what was changed shows.</summary>
public static class PayloadDiff
{
    const int Context = 3;

    /// <summary>The changed lines with some of what is around them; none if only the layout differs.</summary>
    public static IReadOnlyList<DiffLine> Of(JsonText before, JsonText after)
    {
        var lines = InlineDiffBuilder.Diff(JsonLayout.Indent(before.Text), JsonLayout.Indent(after.Text), ignoreWhiteSpace: false).Lines
            .Select(line => new DiffLine(
                line.Type switch
                {
                    ChangeType.Inserted => LineChange.Added,
                    ChangeType.Deleted => LineChange.Removed,
                    _ => LineChange.Kept,
                },
                line.Text))
            .ToList();
        var changed = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].Change != LineChange.Kept)
                changed.AsSpan(Math.Max(0, i - Context)..Math.Min(lines.Count, i + Context + 1)).Fill(true);
        if (!changed.Contains(true))
            return [];

        var shown = new List<DiffLine>();
        for (var i = 0; i < lines.Count; i++)
            if (changed[i])
                shown.Add(lines[i]);
            else if (shown is [.., { Folded: > 0 } last])
                shown[^1] = last with { Folded = last.Folded + 1 };
            else
                shown.Add(new(LineChange.Kept, "", 1));
        return shown;
    }
}
