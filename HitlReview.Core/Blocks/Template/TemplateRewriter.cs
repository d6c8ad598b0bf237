using System.Globalization;
using Fluid;
using Fluid.Ast;
using Fluid.Ast.BinaryExpressions;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Puts a limit on the ranges of a template, since <c>(1..100000000)</c> would be made in memory before its first step, and
/// finds filters that there aren't.
/// </summary>
sealed class TemplateRewriter(FilterCollection filters, Func<TemplateContext, TemplateBudget> budgetOf) : AstRewriter
{
    /// <summary>A filter that the template names and that does not exist.</summary>
    public string? UnknownFilter { get; private set; }

    /// <inheritdoc/>
    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!filters.TryGetValue(filterExpression.Name, out _))
            UnknownFilter = filterExpression.Name;
        return base.VisitFilterExpression(filterExpression);
    }

    /// <inheritdoc/>
    protected override Expression VisitRangeExpression(RangeExpression rangeExpression) => new LimitedRange(Visit(rangeExpression.From), Visit(rangeExpression.To), budgetOf);

    /// <inheritdoc/>
    protected override Expression VisitGreaterThanBinaryExpression(GreaterThanBinaryExpression expression) =>
        new GreaterThanBinaryExpression(new Plain(Visit(expression.Left)), new Plain(Visit(expression.Right)), expression.Strict);

    /// <inheritdoc/>
    protected override Expression VisitLowerThanBinaryExpression(LowerThanBinaryExpression expression) =>
        new LowerThanBinaryExpression(new Plain(Visit(expression.Left)), new Plain(Visit(expression.Right)), expression.Strict);

    /// <summary>Numbers as Fluid's own kind, the only one that it puts in an order.</summary>
    sealed class Plain(Expression expression) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var value = await expression.EvaluateAsync(context);
            return value.Type == FluidValues.Number ? NumberValue.Create(value.ToNumberValue()) : value;
        }
    }

    sealed class LimitedRange(Expression from, Expression to, Func<TemplateContext, TemplateBudget> budgetOf) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var first = Math.Truncate((await from.EvaluateAsync(context)).ToNumberValue());
            var last = Math.Truncate((await to.EvaluateAsync(context)).ToNumberValue());
            if (last < first)
                return ArrayValue.Empty;
            if (last / 2 - first / 2 >= TemplateEngine.MaxSteps / 2)
                throw new TemplateLimitException(string.Create(CultureInfo.InvariantCulture, $"it has a range of more than {TemplateEngine.MaxSteps:N0} numbers"));
            var count = (int)(last - first) + 1;
            budgetOf(context).SpendItems(count);
            return new ArrayValue([.. Enumerable.Range(0, count).Select(i => NumberValue.Create(first + i))]);
        }
    }
}
