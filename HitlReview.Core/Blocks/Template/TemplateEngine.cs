using System.Globalization;
using System.Text.Json;
using Fluid;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Liquid templates from anybody. They see the values they are given and nothing else: no files, no time zone of this machine, no types.
/// Reading and rendering one is bounded work on threads that are there for nothing else.
/// </summary>
sealed class TemplateEngine(TimeProvider clock)
{
    /// <summary>How many characters a template may have.</summary>
    public const int MaxTemplate = 20_000;

    /// <summary>How many steps (texts, outputs, turns of loops) a rendering may take.</summary>
    public const int MaxSteps = 100_000;

    const int MaxZoneName = 64;

    // Fluid's words for more steps than it was allowed.
    const string StepsExceeded = "The maximum level of recursion has been reached";

    static readonly int AtOnce = Math.Max(2, Environment.ProcessorCount);

    readonly TemplateOptions _options = MakeOptions(clock);

    // What only has to be read is done in no time, so it doesn't wait for what is rendered.
    readonly TemplateRuns _checks = new(AtOnce, AtOnce, clock);
    readonly TemplateRuns _renderings = new(AtOnce, AtOnce / 2, clock);

    /// <summary>How many are read or rendered at this moment, those that nobody waits for any more included.</summary>
    public int Running => _checks.Running + _renderings.Running;

    /// <summary>What is wrong with a template, whatever its values will be; null if nothing.</summary>
    public async Task<string?> FaultAsync(string template, CancellationToken ct)
    {
        if (TemplateScan.Fault(template) is { } fault)
            return fault;
        try
        {
            return await _checks.RunAsync("", stop => Read(template, out var found, stop) is null ? found : null, ct);
        }
        catch (TemplateLimitException e)
        {
            return $"asks for too much: {e.Message}";
        }
    }

    /// <summary>Renders a template.</summary>
    /// <param name="owner">On whose behalf.</param>
    /// <param name="template">The template.</param>
    /// <param name="values">An object of the values.</param>
    /// <param name="ct">Stops it, also in the middle of a step.</param>
    /// <exception cref="TemplateLimitException">It wants more than it may have.</exception>
    /// <exception cref="Exception">It fails in its own way: a division by zero, a sum that is too large.</exception>
    public async Task<string> RenderAsync(string owner, string template, JsonElement values, CancellationToken ct) =>
        TemplateScan.Fault(template) is { } fault
            ? throw new FormatException(fault)
            : await _renderings.RunAsync(owner, stop => Render(template, values, stop), ct);

    IFluidTemplate? Read(string template, out string? fault, CancellationToken ct)
    {
        if (TemplateParser.Parse(template, new(template, ct), out fault) is not { } parsed)
            return null;
        var rewriter = new TemplateRewriter(_options.Filters);
        var guarded = rewriter.VisitTemplate(parsed);
        fault = rewriter.Fault;
        return fault is null ? guarded : null;
    }

    string Render(string template, JsonElement values, CancellationToken ct)
    {
        var parsed = Read(template, out var fault, ct) ?? throw new FormatException(fault);
        var budget = new TemplateBudget(ct);
        var context = new TemplateContext(_options, StringComparer.Ordinal);
        budget.GiveTo(context);
        foreach (var member in values.EnumerateObject())
            context.SetValue(member.Name, TemplateValues.From(member.Value, budget));

        using var output = new TemplateWriter(budget);
        try
        {
            // Nothing in it waits for anything, so it has ended when it returns.
            parsed.RenderAsync(output, NullEncoder.Default, context).AsTask().GetAwaiter().GetResult();
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith(StepsExceeded, StringComparison.Ordinal))
        {
            throw new TemplateLimitException(string.Create(CultureInfo.InvariantCulture, $"it takes more than {MaxSteps:N0} steps"));
        }
        return output.ToString();
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
            TimeZoneResolver = Zone,
            Now = clock.GetUtcNow,
        };
        TemplateFilters.Guard(options.Filters);
        return options;
    }

    // A zone is looked up as a file of that name, wherever the name leads: to a device that never ends, too.
    static TimeZoneInfo Zone(string name) =>
        name.Length <= MaxZoneName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && name is not ['/', ..]
            ? TimeZoneInfo.FindSystemTimeZoneById(name)
            : throw new TimeZoneNotFoundException();
}
