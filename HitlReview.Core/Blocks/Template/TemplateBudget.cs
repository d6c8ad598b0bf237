using System.Globalization;
using System.Text;

namespace HitlReview.Core.Blocks.Template;

/// <summary>A template wants more than it may have.</summary>
sealed class TemplateLimitException(string limit) : Exception(limit);

/// <summary>What one rendering may use up. A template can double a text with every step, so steps alone bound neither time nor memory.</summary>
sealed class TemplateBudget
{
    const long MaxWork = 20_000_000;
    const int WorkPerItem = 16;

    long _work;

    /// <summary>Accounts for text that is about to be read or made.</summary>
    /// <exception cref="TemplateLimitException">It is too much.</exception>
    public void SpendText(long characters)
    {
        _work += characters;
        if (_work > MaxWork)
            throw new TemplateLimitException("it handles more text than a template may");
    }

    /// <summary>Accounts for the items of a list.</summary>
    /// <exception cref="TemplateLimitException">They are too many.</exception>
    public void SpendItems(long items) => SpendText(items * WorkPerItem);
}

/// <summary>Takes text in as long as it may grow.</summary>
sealed class TemplateWriter(TemplateBudget budget, int maxCharacters) : StringWriter(CultureInfo.InvariantCulture)
{
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
        budget.SpendText(characters);
        if (GetStringBuilder().Length + characters > maxCharacters)
            throw new TemplateLimitException(string.Create(CultureInfo.InvariantCulture, $"its text is longer than {maxCharacters:N0} characters"));
    }
}
