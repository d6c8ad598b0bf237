using Fluid;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>The filters of templates, each of which pays for what it reads and makes before it can make too much.</summary>
static class TemplateFilters
{
    // They take format texts of .NET, which are not Liquid and can ask for any width.
    static readonly string[] Left = ["format_number", "format_string", "format_date"];

    /// <summary>Puts the budget between templates and the filters that the options have.</summary>
    public static void Guard(FilterCollection filters, Func<TemplateContext, TemplateBudget> budgetOf)
    {
        foreach (var name in Left)
            filters.Remove(name);
        filters.AddFilter("json", (input, _, _) => new ValueTask<FluidValue>(new StringValue(TemplateValues.ToJson(input))));
        foreach (var (name, filter) in filters.ToList())
            filters.AddFilter(name, async (input, arguments, context) =>
            {
                var budget = budgetOf(context);
                Spend(budget, input);
                for (var i = 0; i < arguments.Count; i++)
                    Spend(budget, arguments.At(i));
                SpendGrowth(budget, name, input, arguments);
                var result = await filter(input, arguments, context);
                Spend(budget, result);
                return result;
            });
    }

    static void Spend(TemplateBudget budget, FluidValue value)
    {
        if (value is ArrayValue array)
            budget.SpendItems(array.Values.Count);
        else if (value.Type is FluidValues.String or FluidValues.Dictionary)
            budget.SpendText(value.ToStringValue().Length);
    }

    // These make more than the sum of what they read, so they pay first.
    static void SpendGrowth(TemplateBudget budget, string name, FluidValue input, FilterArguments arguments)
    {
        switch (name)
        {
            case "replace":
                budget.SpendText(Occurrences(input.ToStringValue(), arguments.At(0).ToStringValue()) * arguments.At(1).ToStringValue().Length);
                break;
            case "join" when input is ArrayValue array:
                budget.SpendText((long)array.Values.Count * arguments.At(0).ToStringValue().Length);
                foreach (var item in array.Values)
                    Spend(budget, item);
                break;
            case "date" when HasWidth(arguments.At(0).ToStringValue()):
                throw new TemplateLimitException("its date format asks for a width of three digits or more");
        }
    }

    static long Occurrences(string text, string part)
    {
        if (part.Length == 0)
            return text.Length + 1;
        var count = 0L;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
            count++;
        return count;
    }

    static bool HasWidth(string format)
    {
        for (var percent = format.IndexOf('%'); percent >= 0; percent = format.IndexOf('%', percent + 1))
            if (format.AsSpan(percent + 1).TrimStart("-_^#0:").IndexOfAnyExceptInRange('0', '9') is < 0 or > 2)
                return true;
        return false;
    }
}
