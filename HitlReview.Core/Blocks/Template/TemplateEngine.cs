using System.Globalization;
using System.Text.Json;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Liquid templates from anybody. They see the values they are given and nothing else: no files, no time zone of this machine, no types.
/// Parsing and rendering go down one level of the stack for each level of a template, and a stack that overflows ends the process;
/// so both run on a thread whose stack is deep enough for the longest template there can be.
/// </summary>
sealed class TemplateEngine(TimeProvider clock)
{
    /// <summary>How many characters a template may have.</summary>
    public const int MaxTemplate = 20_000;

    /// <summary>How many steps (texts, outputs, turns of loops) a rendering may take.</summary>
    public const int MaxSteps = 100_000;

    const int MaxText = 1_000_000;
    const int StackBytes = 128 * 1024 * 1024; // 3 KB a level, a level every 2 characters, and as much again
    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    // Fluid's words for more steps than it was allowed.
    const string StepsExceeded = "The maximum level of recursion has been reached";

    static readonly FluidParser Parser = MakeParser();
    readonly TemplateOptions _options = MakeOptions(clock);

    /// <summary>What is wrong with the form of a template; null if nothing.</summary>
    public string? Fault(string template) => OnDeepStack(() => Parse(template, out var fault) is null ? fault : null).GetAwaiter().GetResult();

    /// <summary>Tells whether rendering stays within the limits; other faults don't count, since values may be missing.</summary>
    /// <returns>The limit that is exceeded; null if none.</returns>
    public string? LimitFault(string template, JsonElement values)
    {
        try
        {
            OnDeepStack(() => Render(template, values, CancellationToken.None)).GetAwaiter().GetResult();
            return null;
        }
        catch (TemplateLimitException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Renders a template.</summary>
    /// <exception cref="TemplateLimitException">It wants more than it may have.</exception>
    /// <exception cref="Exception">It fails in its own way: a division by zero, a sum that is too large.</exception>
    public Task<string> RenderAsync(string template, JsonElement values, CancellationToken ct) => OnDeepStack(() => Render(template, values, ct));

    IFluidTemplate? Parse(string template, out string? fault)
    {
        if (template.Length > MaxTemplate)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"must not have more than {MaxTemplate:N0} characters");
            return null;
        }
        if (!Parser.TryParse(template, out var parsed, out var error))
        {
            fault = $"is not a template: {error.Split('\n')[0].Trim()}";
            return null;
        }
        var rewriter = new TemplateRewriter(_options.Filters, BudgetOf);
        parsed = rewriter.VisitTemplate(parsed);
        fault = rewriter.UnknownFilter is { } filter ? $"uses a filter that there is not: {filter}" : null;
        return fault is null ? parsed : null;
    }

    string Render(string template, JsonElement values, CancellationToken ct)
    {
        var parsed = Parse(template, out var fault) ?? throw new FormatException(fault);
        var budget = new TemplateBudget();
        var context = new TemplateContext(_options, StringComparer.Ordinal);
        context.AmbientValues[nameof(TemplateBudget)] = budget;
        foreach (var member in values.EnumerateObject())
            context.SetValue(member.Name, TemplateValues.From(member.Value));

        using var output = new TemplateWriter(budget, MaxText);
        // The next step after the time is over, or after a stop, is one too many.
        using var timer = clock.CreateTimer(_ => context.MaxSteps = 1, null, MaxTime, Timeout.InfiniteTimeSpan);
        using var stop = ct.Register(() => context.MaxSteps = 1);
        try
        {
            // Nothing in it waits for anything, so it has ended when it returns.
            parsed.RenderAsync(output, NullEncoder.Default, context).AsTask().GetAwaiter().GetResult();
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith(StepsExceeded, StringComparison.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            throw new TemplateLimitException(context.MaxSteps == 1
                ? string.Create(CultureInfo.InvariantCulture, $"it takes longer than {MaxTime.TotalSeconds} s")
                : string.Create(CultureInfo.InvariantCulture, $"it takes more than {MaxSteps:N0} steps"));
        }
        return output.ToString();
    }

    static TemplateBudget BudgetOf(TemplateContext context) => (TemplateBudget)context.AmbientValues[nameof(TemplateBudget)];

    static FluidParser MakeParser()
    {
        var parser = new FluidParser(new() { AllowFunctions = false, AllowParentheses = false, AllowLiquidTag = false });
        // There are no other files; and ifchanged keeps what it compares where no limit reaches.
        foreach (var tag in (string[])["include", "render", "ifchanged", "liquid", "echo"])
            parser.RegisteredTags.Remove(tag);
        // Fluid's own writes into a buffer without a limit.
        parser.RegisterIdentifierBlock("capture", async (name, statements, _, encoder, context) =>
        {
            using var captured = new TemplateWriter(BudgetOf(context), MaxText);
            foreach (var statement in statements)
                if (await statement.WriteToAsync(captured, encoder, context) is not Completion.Normal and var completion)
                    return completion;
            context.SetValue(name, new StringValue(captured.ToString()));
            return Completion.Normal;
        });
        return parser;
    }

    static TemplateOptions MakeOptions(TimeProvider clock)
    {
        var options = new TemplateOptions
        {
            MaxSteps = MaxSteps,
            MaxRecursion = 10,
            ModelNamesComparer = StringComparer.Ordinal,
            CultureInfo = CultureInfo.InvariantCulture,
            TimeZone = TimeZoneInfo.Utc,
            Now = clock.GetUtcNow,
        };
        TemplateFilters.Guard(options.Filters, BudgetOf);
        return options;
    }

    static Task<T> OnDeepStack<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, StackBytes)
        { IsBackground = true, Name = "template" }.Start();
        return done.Task;
    }
}
