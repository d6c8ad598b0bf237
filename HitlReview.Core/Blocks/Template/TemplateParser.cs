using Fluid;
using Fluid.Ast;
using Fluid.Parser;
using Fluid.Values;
using Parlot.Fluent;

namespace HitlReview.Core.Blocks.Template;

/// <summary>Reads templates in a number of steps that grows no faster than their length, whatever stands in them.</summary>
static class TemplateParser
{
    static readonly FluidParser Parser = MakeParser();

    /// <summary>Reads a template.</summary>
    /// <param name="template">What <see cref="TemplateScan"/> found no fault in.</param>
    /// <param name="steps">Counts what it takes, and ends it.</param>
    /// <param name="fault">What is wrong with its form; null if nothing is.</param>
    /// <returns>The statements as they were read; null if they have a fault.</returns>
    /// <exception cref="TemplateLimitException">It takes too many steps.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FluidTemplate? Parse(string template, TemplateSteps steps, out string? fault)
    {
        fault = null;
        try
        {
            if (Parser.Grammar.TryParse(new FluidParseContext(template) { OnEnterParser = steps.Count }, out var statements, out var error))
                return new(statements);
            steps.ThrowIfStopped(); // which the parser takes for an error of the template
            fault = error is null ? "" : $"{error.Message} at {error.Position}";
        }
        catch (Exception e) when (e is not (TemplateLimitException or OperationCanceledException or OutOfMemoryException))
        {
            // A tag that there isn't, a number that is too long: the grammar throws what it can't say otherwise.
            fault = e.Message;
        }
        fault = $"is not a template: {fault.Split('\n')[0].Trim()}";
        return null;
    }

    static FluidParser MakeParser()
    {
        var parser = new FluidParser(new() { AllowFunctions = false, AllowParentheses = false, AllowLiquidTag = false });
        // There are no other files; and ifchanged keeps what it compares where no limit reaches.
        foreach (var tag in (string[])["include", "render", "ifchanged", "liquid", "echo"])
            parser.RegisteredTags.Remove(tag);
        // Fluid's own writes into a buffer without a limit.
        parser.RegisterIdentifierBlock("capture", async (name, statements, _, encoder, context) =>
        {
            using var captured = new TemplateWriter(TemplateBudget.Of(context));
            foreach (var statement in statements)
                if (await statement.WriteToAsync(captured, encoder, context) is not Completion.Normal and var completion)
                    return completion;
            context.SetValue(name, new StringValue(captured.ToString()));
            return Completion.Normal;
        });
        return parser;
    }
}

/// <summary>
/// The steps of one parse. The grammar goes back and tries again where it was wrong, and reads the same white space, text and digits each
/// time, so a step is a rule that is tried, a character that is gone over, forth or back, or one that the rule is about to look ahead over.
/// </summary>
sealed class TemplateSteps(string template, CancellationToken ct)
{
    // Templates that people write take 2 to 12 for a character.
    const int PerCharacter = 64;
    const int AtLeast = 2_000;

    int _last;

    /// <summary>How many there may be.</summary>
    public long Max { get; } = AtLeast + (long)PerCharacter * template.Length;

    /// <summary>How many there were.</summary>
    public long Taken { get; private set; }

    /// <summary>Counts a rule that the parser is about to try.</summary>
    /// <exception cref="TemplateLimitException">It is one too many.</exception>
    public void Count(object rule, ParseContext context)
    {
        var at = context.Scanner.Cursor.Offset;
        Taken += 1 + Math.Abs(at - _last) + Ahead(rule, at);
        _last = at;
        if (Taken > Max)
            throw new TemplateLimitException("it is too intricate to be read");
        ThrowIfStopped();
    }

    /// <exception cref="OperationCanceledException">The parse was stopped.</exception>
    public void ThrowIfStopped() => ct.ThrowIfCancellationRequested();

    int Ahead(object rule, int at)
    {
        var rest = template.AsSpan(at);
        if (rest.IsEmpty)
            return 0;
        if (rest[0] is '\'' or '"')
            return rule is StringLiteral ? TemplateScan.TextEnd(rest) is >= 0 and var end ? end : rest.Length : 0;
        var run = 0;
        if (char.IsAsciiDigit(rest[0]))
            while (run < rest.Length && char.IsAsciiDigit(rest[run]))
                run++;
        else
            while (run < rest.Length && char.IsWhiteSpace(rest[run]))
                run++;
        return run;
    }
}
