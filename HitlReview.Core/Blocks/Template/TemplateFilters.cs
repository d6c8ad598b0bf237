using System.Runtime.ExceptionServices;
using Fluid;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>The filters of templates, each of which pays for what it reads and makes before it can make too much.</summary>
static class TemplateFilters
{
    // They take format texts of .NET, which are not Liquid and can ask for any width.
    static readonly string[] Left = ["format_number", "format_string", "format_date"];

    // They move items about or look at one member of each, and never at the text of an object.
    static readonly HashSet<string> OfItems =
        ["first", "last", "size", "concat", "compact", "reverse", "default", "map", "where", "reject", "find", "find_index", "has"];

    const int WorkPerDateCharacter = 32; // a date is tried in 30 forms, and a directive makes a score of characters

    /// <summary>Puts the budget between templates and the filters that the options have.</summary>
    public static void Guard(FilterCollection filters)
    {
        foreach (var name in Left)
            filters.Remove(name);
        filters.AddFilter("json", (input, _, _) => new ValueTask<FluidValue>(new StringValue(TemplateValues.ToJson(input))));
        filters.AddFilter("sort", (input, arguments, context) => SortAsync(input, arguments, context, StringComparer.Ordinal));
        filters.AddFilter("sort_natural", (input, arguments, context) =>
            SortAsync(input, arguments, context, StringComparer.OrdinalIgnoreCase));
        foreach (var (name, filter) in filters.ToList())
            filters.AddFilter(name, async (given, arguments, context) =>
            {
                var budget = TemplateBudget.Of(context);
                // The outcome of a comparison, which looks like a list or text of any size but isn't one that can be measured.
                var input = given is BinaryExpressionFluidValue ? BooleanValue.Create(given.ToBooleanValue()) : given;
                var insideObjects = !OfItems.Contains(name) && !(name is "sort" or "sort_natural" && arguments.Count > 0);
                budget.SpendCall();
                budget.SpendValue(input, insideObjects);
                for (var i = 0; i < arguments.Count; i++)
                    budget.SpendValue(arguments.At(i), insideObjects);
                SpendGrowth(budget, name, input, arguments);
                var result = await filter(input, arguments, context);
                budget.SpendValue(result, insideObjects);
                return result;
            });
    }

    // These cost or make more than the sum of what they read, so they pay first.
    static void SpendGrowth(TemplateBudget budget, string name, FluidValue input, FilterArguments arguments)
    {
        switch (name)
        {
            case "replace":
                budget.SpendText(Occurrences(budget, input, arguments.At(0)) * arguments.At(1).ToStringValue().Length);
                break;
            case "split":
                budget.SpendItems(Occurrences(budget, input, arguments.At(0)));
                break;
            case "replace_first" or "replace_last" or "remove" or "remove_first" or "remove_last":
                budget.SpendSearch(input.ToStringValue().Length, arguments.At(0).ToStringValue().Length);
                break;
            case "reverse" when input.Type == FluidValues.String:
                budget.SpendItems(input.ToStringValue().Length);
                break;
            case "join" when input is ArrayValue array:
                budget.SpendText((long)array.Values.Count * arguments.At(0).ToStringValue().Length);
                break;
            case "map" when input is ArrayValue array:
                budget.SpendSearch(array.Values.Count, TemplateValues.Length(arguments.At(0)));
                break;
            case "date" or "time_zone":
                budget.SpendText((long)WorkPerDateCharacter * (TemplateValues.Length(input) + TemplateValues.Length(arguments.At(0))));
                if (name == "date" && HasWidth(arguments.At(0).ToStringValue()))
                    throw new TemplateLimitException("its date format asks for a width of three digits or more");
                break;
        }
    }

    static long Occurrences(TemplateBudget budget, FluidValue input, FluidValue of)
    {
        var (text, part) = (input.ToStringValue(), of.ToStringValue());
        budget.SpendSearch(text.Length, part.Length);
        if (part.Length == 0)
            return text.Length + 1;
        var count = 0L;
        for (var at = Next(0); at >= 0; at = Next(at + part.Length))
            count++;
        return count;

        int Next(int from) => text.IndexOf(part, from, StringComparison.Ordinal);
    }

    static bool HasWidth(string format)
    {
        for (var percent = format.IndexOf('%'); percent >= 0; percent = format.IndexOf('%', percent + 1))
            if (format.AsSpan(percent + 1).TrimStart("-_^#0:").IndexOfAnyExceptInRange('0', '9') is < 0 or > 2)
                return true;
        return false;
    }

    static async ValueTask<FluidValue> SortAsync(FluidValue input, FilterArguments arguments, TemplateContext context, StringComparer texts)
    {
        var keyed = new List<(FluidValue Item, object? Key)>();
        foreach (var item in input.Enumerate(context))
            keyed.Add((item, arguments.Count > 0
                ? (await item.GetValueAsync(arguments.At(0).ToStringValue(), context)).ToObjectValue()
                : item.ToStringValue()));
        try
        {
            var order = new PaidOrder(TemplateBudget.Of(context), texts);
            return new ArrayValue([.. keyed.OrderBy(pair => pair.Key, order).Select(pair => pair.Item)]);
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateLimitException or OperationCanceledException)
        {
            // A sort wraps whatever a comparison throws.
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    sealed class PaidOrder(TemplateBudget budget, StringComparer texts) : IComparer<object?>
    {
        const int CharactersAtOnce = 16;

        public int Compare(object? x, object? y)
        {
            budget.SpendCall();
            if (x is not string a || y is not string b)
                return Comparer<object?>.Default.Compare(x, y);
            budget.SpendText(Math.Min(a.Length, b.Length) / CharactersAtOnce);
            return texts.Compare(a, b);
        }
    }
}
