using System.Globalization;
using System.Text;
using Fluid;
using Fluid.Values;

namespace HitlReview.Core.Blocks.Template;

/// <summary>A template wants more than it may have.</summary>
sealed class TemplateLimitException(string limit) : Exception(limit);

/// <summary>
/// What one rendering may use up. A template can double a text with every step and can compare two long ones within one, so steps alone
/// bound neither time nor memory: all work whose cost grows with what it is done on is paid for before it is done, and whatever it is, it
/// ends here when it is stopped.
/// </summary>
/// <param name="ct">Stops the rendering.</param>
sealed class TemplateBudget(CancellationToken ct)
{
    const long MaxWork = 20_000_000;
    const int WorkPerItem = 16;
    const int WorkPerCall = 16;
    const int WorkPerExpression = 4;

    // A search compares no more than this many characters at a place in the time of one unit.
    const int SearchedAtOnce = 64;

    long _work;

    /// <summary>The budget of a rendering.</summary>
    public static TemplateBudget Of(TemplateContext context) => (TemplateBudget)context.AmbientValues[nameof(TemplateBudget)];

    /// <summary>Makes it the budget of a rendering.</summary>
    public void GiveTo(TemplateContext context) => context.AmbientValues[nameof(TemplateBudget)] = this;

    /// <summary>Accounts for text that is about to be read or made.</summary>
    /// <exception cref="TemplateLimitException">It is too much.</exception>
    /// <exception cref="OperationCanceledException">The rendering is stopped.</exception>
    public void SpendText(long characters)
    {
        _work += characters;
        if (_work > MaxWork)
            throw new TemplateLimitException("it handles more text than a template may");
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Accounts for the items of a list.</summary>
    /// <inheritdoc cref="SpendText"/>
    public void SpendItems(long items) => SpendText(items * WorkPerItem);

    /// <summary>Accounts for one filter or comparison, whatever it is done on.</summary>
    /// <inheritdoc cref="SpendText"/>
    public void SpendCall() => SpendText(WorkPerCall);

    /// <summary>Accounts for one expression that is evaluated.</summary>
    /// <inheritdoc cref="SpendText"/>
    public void SpendExpression() => SpendText(WorkPerExpression);

    /// <summary>Accounts for looking for a part at every place of a text or list.</summary>
    /// <param name="places">The length of the text or list.</param>
    /// <param name="part">The length of what is looked for.</param>
    /// <inheritdoc cref="SpendText"/>
    public void SpendSearch(long places, long part) => SpendText(places + part + places * part / SearchedAtOnce);

    /// <summary>Accounts for all of a value, down to the last item.</summary>
    /// <param name="value">The value.</param>
    /// <param name="insideObjects">False where no object is looked into.</param>
    /// <inheritdoc cref="SpendText"/>
    public void SpendValue(FluidValue value, bool insideObjects = true)
    {
        if (value is ArrayValue array)
        {
            SpendItems(array.Values.Count);
            foreach (var item in array.Values)
                SpendValue(item, insideObjects);
        }
        else if (insideObjects || value.Type != FluidValues.Dictionary)
            SpendText(TemplateValues.Length(value));
    }
}

/// <summary>Takes text in as long as it may grow.</summary>
sealed class TemplateWriter(TemplateBudget budget) : StringWriter(CultureInfo.InvariantCulture)
{
    const int MaxText = 1_000_000;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        Account(1);
        base.Write(value);
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        Account(value?.Length ?? 0);
        base.Write(value);
    }

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count)
    {
        Account(count);
        base.Write(buffer, index, count);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        Account(buffer.Length);
        GetStringBuilder().Append(buffer);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Write(buffer, index, count);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(StringBuilder? value, CancellationToken cancellationToken = default)
    {
        Write(value?.ToString());
        return Task.CompletedTask;
    }

    void Account(int characters)
    {
        budget.SpendText(1 + characters);
        if (GetStringBuilder().Length + characters > MaxText)
            throw new TemplateLimitException(
                string.Create(CultureInfo.InvariantCulture, $"its text is longer than {MaxText:N0} characters"));
    }
}
