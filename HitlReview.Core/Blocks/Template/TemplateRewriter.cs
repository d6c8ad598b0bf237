using System.Globalization;
using Fluid;
using Fluid.Ast;
using Fluid.Ast.BinaryExpressions;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Puts the budget between a template and what it calculates: every expression pays for being evaluated, and those that look at the whole
/// of a value pay for all of it. Finds what is wrong already with the template itself: filters that there aren't, and ranges that are too
/// long, since <c>(1..100000000)</c> would be made in memory before its first step.
/// </summary>
sealed class TemplateRewriter(FilterCollection filters) : AstRewriter
{
    /// <summary>What is wrong with the template; null if nothing is.</summary>
    public string? Fault { get; private set; }

    /// <inheritdoc/>
    public override Expression Visit(Expression expression) => base.Visit(expression) is { } visited ? new Paid(visited) : null!;

    /// <inheritdoc/>
    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!filters.TryGetValue(filterExpression.Name, out _))
            Fault ??= $"uses a filter that there is not: {filterExpression.Name}";
        return base.VisitFilterExpression(filterExpression);
    }

    /// <inheritdoc/>
    protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
    {
        if (rangeExpression is { From: LiteralExpression from, To: LiteralExpression to }
            && LimitedRange.Limit(from.Value, to.Value) is { } limit)
            Fault ??= $"asks for too much: {limit}";
        return new LimitedRange(Visit(rangeExpression.From), Visit(rangeExpression.To));
    }

    /// <inheritdoc/>
    protected override Expression VisitMemberExpression(MemberExpression memberExpression) => Member(memberExpression, []);

    /// <inheritdoc/>
    protected override Expression VisitEqualBinaryExpression(EqualBinaryExpression expression) =>
        new EqualBinaryExpression(Compared(expression.Left), Compared(expression.Right));

    /// <inheritdoc/>
    protected override Expression VisitNotEqualBinaryExpression(NotEqualBinaryExpression expression) =>
        new NotEqualBinaryExpression(Compared(expression.Left), Compared(expression.Right));

    /// <inheritdoc/>
    protected override Expression VisitGreaterThanBinaryExpression(GreaterThanBinaryExpression expression) =>
        new GreaterThanBinaryExpression(new Plain(Read(expression.Left)), new Plain(Read(expression.Right)), expression.Strict);

    /// <inheritdoc/>
    protected override Expression VisitLowerThanBinaryExpression(LowerThanBinaryExpression expression) =>
        new LowerThanBinaryExpression(new Plain(Read(expression.Left)), new Plain(Read(expression.Right)), expression.Strict);

    /// <inheritdoc/>
    protected override Expression VisitContainsBinaryExpression(ContainsBinaryExpression expression) =>
        new PaidContains(Compared(expression.Left), Compared(expression.Right));

    /// <inheritdoc/>
    protected override Expression VisitStartsWithBinaryExpression(StartsWithBinaryExpression expression) =>
        new StartsWithBinaryExpression(Read(expression.Left), Read(expression.Right));

    /// <inheritdoc/>
    protected override Expression VisitEndsWithBinaryExpression(EndsWithBinaryExpression expression) =>
        new EndsWithBinaryExpression(Read(expression.Left), Read(expression.Right));

    /// <inheritdoc/>
    protected override Statement VisitAssignStatement(AssignStatement assignStatement) =>
        new AssignStatement(assignStatement.Identifier, new Settled(Visit(assignStatement.Value)));

    /// <inheritdoc/>
    protected override Statement VisitCaseStatement(CaseStatement caseStatement) =>
        new CaseStatement(Compared(caseStatement.Expression), (ElseStatement)Visit(caseStatement.Else),
            [.. caseStatement.Whens.Select(when => (WhenStatement)Visit(when))]);

    /// <inheritdoc/>
    protected override Statement VisitWhenStatement(WhenStatement whenStatement) =>
        new WhenStatement([.. whenStatement.Options.Select(Compared)], Visited(whenStatement.Statements));

    /// <inheritdoc/>
    protected override Statement VisitCycleStatement(CycleStatement cycleStatement) =>
        new CycleStatement(cycleStatement.Group is { } group ? Read(group) : null, [.. cycleStatement.Values.Select(Visit)]);

    /// <inheritdoc/>
    protected override Statement VisitForStatement(ForStatement forStatement) =>
        new ForStatement(Visited(forStatement.Statements), forStatement.Identifier, Source(forStatement.Source), Visit(forStatement.Limit),
            forStatement.OffsetIsContinue ? forStatement.Offset : Visit(forStatement.Offset), forStatement.Reversed,
            (ElseStatement)Visit(forStatement.Else));

    // A loop wants to see its source and to know a member by its kind, so what it pays for is inside that.
    Expression Source(Expression source) => source is MemberExpression member ? Member(member, [new PaidItems()]) : Visit(source);

    MemberExpression Member(MemberExpression member, IReadOnlyList<MemberSegment> more) =>
        new([.. member.Segments.Select(s => s is IndexerSegment index ? new IndexerSegment(Compared(index.Expression)) : s), .. more]);

    List<Statement> Visited(IReadOnlyList<Statement> statements) => [.. statements.Select(Visit)];

    // For its text.
    Whole Read(Expression expression) => new(Visit(expression), insideObjects: true);

    // For its value. An object is compared with objects only, and pays for that by itself.
    Whole Compared(Expression expression) => new(Visit(expression), insideObjects: false);

    /// <summary>What pays for being evaluated.</summary>
    sealed class Paid(Expression expression) : Expression
    {
        public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            TemplateBudget.Of(context).SpendExpression();
            return expression.EvaluateAsync(context);
        }
    }

    /// <summary>What is looked at from one end to the other.</summary>
    sealed class Whole(Expression expression, bool insideObjects) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var value = await expression.EvaluateAsync(context);
            TemplateBudget.Of(context).SpendValue(value, insideObjects);
            return value;
        }
    }

    /// <summary>What a loop copies before its first turn.</summary>
    sealed class PaidItems : MemberSegment
    {
        public override ValueTask<FluidValue> ResolveAsync(FluidValue value, TemplateContext context)
        {
            if (value is ArrayValue array)
                TemplateBudget.Of(context).SpendItems(array.Values.Count);
            return new(value);
        }
    }

    /// <summary>
    /// The outcome of a comparison as true or false. Fluid keeps what was compared inside of it; a variable that is compared with something
    /// and assigned to itself in a loop would become deeper with each turn, and slower.
    /// </summary>
    sealed class Settled(Expression expression) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var value = await expression.EvaluateAsync(context);
            return value is BinaryExpressionFluidValue ? BooleanValue.Create(value.ToBooleanValue()) : value;
        }
    }

    /// <summary>Numbers as Fluid's own kind, the only one that it puts in an order.</summary>
    sealed class Plain(Expression expression) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var value = await expression.EvaluateAsync(context);
            return value.Type == FluidValues.Number ? NumberValue.Create(value.ToNumberValue()) : value;
        }
    }

    sealed class PaidContains(Expression left, Expression right) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var all = await left.EvaluateAsync(context);
            var part = await right.EvaluateAsync(context);
            var places = all is ArrayValue array ? array.Values.Count : all.Type == FluidValues.String ? TemplateValues.Length(all) : 0;
            TemplateBudget.Of(context).SpendSearch(places, TemplateValues.Length(part));
            return await new ContainsBinaryExpression(new LiteralExpression(all), new LiteralExpression(part)).EvaluateAsync(context);
        }
    }

    sealed class LimitedRange(Expression from, Expression to) : Expression
    {
        /// <summary>What is wrong with the length of a range; null if nothing is.</summary>
        public static string? Limit(FluidValue from, FluidValue to) =>
            Math.Truncate(to.ToNumberValue()) / 2 - Math.Truncate(from.ToNumberValue()) / 2 >= TemplateEngine.MaxSteps / 2
                ? string.Create(CultureInfo.InvariantCulture, $"it has a range of more than {TemplateEngine.MaxSteps:N0} numbers")
                : null;

        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var (start, end) = (await from.EvaluateAsync(context), await to.EvaluateAsync(context));
            if (Limit(start, end) is { } limit)
                throw new TemplateLimitException(limit);
            var first = Math.Truncate(start.ToNumberValue());
            var last = Math.Truncate(end.ToNumberValue());
            if (last < first)
                return ArrayValue.Empty;
            var count = (int)(last - first) + 1;
            TemplateBudget.Of(context).SpendItems(count);
            return new ArrayValue([.. Enumerable.Range(0, count).Select(i => NumberValue.Create(first + i))]);
        }
    }
}
