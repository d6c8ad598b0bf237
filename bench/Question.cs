using System.Globalization;

namespace HitlReview.Bench;

/// <summary>One thing to find out. Each has a program of its own.</summary>
abstract class Question(string name)
{
    /// <summary>What it is called on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Measures.</summary>
    /// <param name="folder">An empty place for files, on the disk to measure.</param>
    public abstract IAsyncEnumerable<Answer> AskAsync(string folder);
}

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Ours">The figure of HitlReview, with its unit.</param>
/// <param name="Bare">The figure of what it is held against, with its unit; null where there is none.</param>
/// <param name="Result">What the goal is about: a ratio, or a figure.</param>
/// <param name="Goal">The goal, in words.</param>
/// <param name="Met">Whether it was reached.</param>
sealed record Answer(string What, string Ours, string? Bare, string Result, string Goal, bool Met)
{
    /// <summary>The head of the table.</summary>
    public const string Head = """
        | question | HitlReview | bare | result | goal | |
        | --- | ---: | ---: | ---: | ---: | --- |
        """;

    /// <inheritdoc/>
    public override string ToString() => $"| {What} | {Ours} | {Bare} | **{Result}** | {Goal} | {(Met ? "met" : "MISSED")} |";

    /// <summary>A number as people read it.</summary>
    public static string Number(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);
}
