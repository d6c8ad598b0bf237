using CsCheck;
using HitlReview.Core.Blocks.Template;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core.Blocks.Template;

/// <summary>Whatever somebody sends as a template is read or refused in a number of steps that grows no faster than its length.</summary>
public sealed class TemplateParserTests
{
    // The clock stands still, so that nothing ends but by its own steps.
    readonly TemplateRuns _runs = new(2, 2, new FakeTimeProvider());

    /// <summary>What became of a template that went to the parser, past the look that is taken before.</summary>
    sealed record Reading(bool IsTemplate, bool IsTooIntricate, long Taken, long Max);

    Task<Reading> ReadAsync(string template) => _runs.RunAsync("", ct =>
    {
        var steps = new TemplateSteps(template, ct);
        try
        {
            return new Reading(TemplateParser.Parse(template, steps, out _) is not null, false, steps.Taken, steps.Max);
        }
        catch (TemplateLimitException)
        {
            return new Reading(false, true, steps.Taken, steps.Max);
        }
    }, TestContext.Current.CancellationToken);

    // The last step is the one that is too much: back over all of it, and ahead over all of it.
    static void AssertBounded(Reading reading, string template) => Assert.InRange(reading.Taken, 1, reading.Max + 1 + 2 * template.Length);

    static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));

    [Theory]
    [InlineData("{{ ", "(a[", "")]
    [InlineData("{{ 1 | append: ", "(a[", "")]
    [InlineData("{% if ", "(a[", "")]
    [InlineData("{% for i in ", "(a[", " %}{% endfor %}")]
    [InlineData("{% cycle ", "(a[ ", "")]
    [InlineData("{{ ", "(a[(1..", "")]
    public async Task Brackets_in_brackets_do_not_cost_a_multiple_with_each_level(string before, string open, string after)
    {
        foreach (var levels in (int[])[22, 200, 6_000])
        {
            var template = before + Repeat(open, levels) + after;
            template = template[..Math.Min(template.Length, TemplateEngine.MaxTemplate)];

            Assert.Equal("has more than 8 brackets inside each other", TemplateScan.Fault(template));
            AssertBounded(await ReadAsync(template), template);
        }
    }

    [Theory]
    [InlineData("{{ (a[(a[(a[", "'", "\\n", "\\q'")]
    [InlineData("{{ (a[(a[(a[", "", "1", "")]
    [InlineData("{{ (a[(a[(a[", "", " ", "")]
    [InlineData("{%#", "", " ", "")]
    public async Task What_is_gone_over_again_and_again_is_counted_again_and_again(string before, string start, string part, string after)
    {
        var template = before + start + Repeat(part, (TemplateEngine.MaxTemplate - 50) / part.Length) + after;

        var reading = await ReadAsync(template);

        Assert.False(reading.IsTemplate);
        Assert.True(reading.Taken > 5L * template.Length, $"{reading.Taken} steps are too few for {template.Length} characters.");
        AssertBounded(reading, template);
    }

    static Gen<string> Any(params string[] parts) => Gen.Int[0, parts.Length - 1].Select(i => parts[i]);

    static readonly Gen<string> GenSoup = Any(
        "(", "[", "(a[", ")", "]", "..", ".", "a", "b.c", "1", "-", "'", "\"", "\\", "\\'", "'x'", "|", ":", ",", "=", "==", "<",
        " ", "\n", "          ",
        "{{", "}}", "{%", "%}", "{{-", "-%}", "{% ", " %}", "#", "if ", "elsif ", "else", "endif", "unless ", "for i in ", "endfor",
        "case ", "when ", "endcase",
        "assign x = ", "capture x", "endcapture", "cycle ", "tablerow i in ", "raw", "endraw", "comment", "endcomment", "increment ",
        " and ", " or ", " contains ",
        "limit:", "offset:", "reversed", "(1..2)", "{% if a %}", "{% endif %}", "{{ a }}", "{%#", "|append:", "é", "\u00a0")
        .Array[1, 400].Select(parts => string.Concat(parts)).Select(text => text[..Math.Min(text.Length, 2_000)]);

    [Fact]
    public async Task A_soup_of_what_templates_are_made_of_is_read_or_refused_in_bounded_steps() =>
        await GenSoup.SampleAsync(async soup =>
        {
            _ = TemplateScan.Fault(soup);
            AssertBounded(await ReadAsync(soup), soup);
        }, iter: 1_000, threads: 2);

    static readonly Gen<string> GenName = Any("a", "order", "order.customer.name", "lines[0].price", "o['b']", "x.first.size", "l[i.n]");
    static readonly Gen<string> GenValue = Gen.OneOf(GenName, Any("1", "-2.50", "'a text'", "\"it's\"", "nil", "'with \\' and {{'"));
    static readonly Gen<string> GenCondition = Gen.Select(
        GenValue, Any("==", "!=", "<", ">=", "contains"), GenValue, Any("", " and a", " or x > 1"),
        (left, op, right, more) => $"{left} {op} {right}{more}");
    static readonly Gen<string> GenFilters = Gen.OneOf(
        Any(" | upcase", " | default: 'none'", " | round: 2", " | replace: 'a', \"b\"", " | date: '%Y-%m-%d'",
            " | where: 'kind', x | map: 'name' | join: ', '"),
        GenValue.Select(value => $" | append: {value}")).Array[0, 4].Select(string.Concat);
    static readonly Gen<string> GenSpace = Any("", " ", "\n", "\n        ", " text with ( and [ and ' in it ");
    static readonly Gen<string> GenTag = Gen.OneOf(
        Gen.Select(GenValue, GenFilters, (value, filters) => $"{{{{ {value}{filters} }}}}"),
        Gen.Select(GenValue, GenFilters, (value, filters) => $"{{% assign x = {value}{filters} %}}"),
        Any("{% comment %} don't (( {{ [ {% endcomment %}", "{% raw %}{{ [[[[[[[[[[ ' {% endraw %}",
            "{%# it's a remark ([ %}", "{% cycle 'a', 'b' %}"));
    static readonly Gen<string> GenTemplate = Gen.Recursive<string>((depth, self) => depth > 4 ? GenTag : Gen.OneOf(
        GenTag,
        GenSpace,
        self.Array[0, 4].Select(string.Concat),
        Gen.Select(GenCondition, GenSpace, self, self, (condition, space, yes, no) =>
            $"{{% if {condition} %}}{space}{yes}{{% elsif {condition} %}}{no}{{% else %}}{space}{{% endif %}}"),
        Gen.Select(GenName, self, (name, body) => $"{{% for i in {name} limit: 3 %}}{body}{{% endfor %}}"),
        Gen.Select(GenName, GenSpace, self, (name, space, body) => $"{{% for i in (1..{name}) %}}{space}{body}{{% endfor %}}"),
        Gen.Select(GenName, self, (name, body) => $"{{% case {name} %}}{{% when 'a', 1 %}}{body}{{% else %}}{{% endcase %}}"),
        Gen.Select(GenSpace, self, (space, body) => $"{{%- capture x -%}}{space}{body}{{% endcapture %}}")));

    [Fact]
    public async Task A_template_that_somebody_would_write_is_never_refused() =>
        await GenTemplate.SampleAsync(async template =>
        {
            Assert.Null(TemplateScan.Fault(template));
            var reading = await ReadAsync(template);
            Assert.True(reading.IsTemplate);
            Assert.InRange(reading.Taken, 0, reading.Max / 2);
        }, iter: 500, threads: 2);

    /// <summary>
    /// Everything that can be repeated in a tag, as often as it fits: none costs more for each when there are more of them.
    /// </summary>
    [Theory]
    [InlineData("", "{{a}}", "")]
    [InlineData("", "{%if a%}{%endif%}", "")]
    [InlineData("", "{%#x%}", "")]
    [InlineData("", "{%raw%}{%endraw%}", "")]
    [InlineData("{{a", ".a", "}}")]
    [InlineData("{{a", "[0]", "}}")]
    [InlineData("{{a", "['x']", "}}")]
    [InlineData("{{a", "|upcase", "}}")]
    [InlineData("{{a|append:1", ",1", "}}")]
    [InlineData("{{a|append:1", ",a:1", "}}")]
    [InlineData("{{a|append:a", ",a.b", "}}")]
    [InlineData("{%if a", " and a", "%}{%endif%}")]
    [InlineData("{%if a==1", " or a==1", "%}{%endif%}")]
    [InlineData("{%if a%}", "{%elsif a%}", "{%endif%}")]
    [InlineData("{%if a contains 1", " or a contains 1", "%}{%endif%}")]
    [InlineData("{%case a%}{%when 1", ",1", "%}{%endcase%}")]
    [InlineData("{%case a%}", "{%comment%}{%endcomment%}", "{%when 1%}{%endcase%}")]
    [InlineData("{%cycle 1", ",1", "%}")]
    [InlineData("{%for i in a", " limit:1", "%}{%endfor%}")]
    [InlineData("{%comment%}", "{%", "{%endcomment%}")]
    [InlineData("{{a|append:'", "\\'", "'}}")]
    [InlineData("{{a", " ", "}}")]
    [InlineData("{% if a", " ", "== b %}{% endif %}")]
    [InlineData("{{", "a", "}}")]
    [InlineData("", " {", "")]
    public async Task What_is_repeated_costs_each_time_the_same(string before, string part, string after)
    {
        var few = before + Repeat(part, 50) + after;
        var many = before + Repeat(part, 500) + after;

        var (a, b) = (await ReadAsync(few), await ReadAsync(many));

        Assert.True(a.IsTemplate && b.IsTemplate);
        Assert.InRange(b.Taken, 0, a.Taken * 11);
    }

    [Theory]
    [InlineData("{%if 1%}", 50, null)]
    [InlineData("{%if 1%}", 51, "has more than 50 blocks inside each other")]
    [InlineData("{% for i in a %}", 51, "has more than 50 blocks inside each other")]
    [InlineData("{%- capture x -%}", 51, "has more than 50 blocks inside each other")]
    [InlineData("{%if 1%}{%endif%}", 500, null)]
    [InlineData("{%comment%}{%if%}{%endcomment%}", 100, null)]
    [InlineData("{%raw%}{%if%}{{[[[[[[[[[{%endraw%}", 100, null)]
    [InlineData("{{ a[b[c[d[e[f[g[h[1]]]]]]]] }}", 1, null)]
    [InlineData("{{ a[b[c[d[e[f[g[h[i[1]]]]]]]]] }}", 1, "has more than 8 brackets inside each other")]
    [InlineData("{{ '[[[[[[[[[[' | append: \"((((((((((\" }}", 1, null)]
    [InlineData("{{ 'it\\'s [[[[[[[[[[' }}", 1, null)]
    [InlineData("{{ a[0] }} [[[[[[[[[[ {{ a[0] }}", 100, null)]
    [InlineData("{{ a[0][0][0][0][0][0][0][0][0][0] }}", 1, null)]
    [InlineData("{%# don't %}{{ a[[[[[[[[[1 }}", 1, "has more than 8 brackets inside each other")]
    [InlineData("{{ 'open", 1, null)]
    [InlineData("{{ 'open\\", 1, null)]
    [InlineData("{", 1, null)]
    [InlineData("{%", 1, null)]
    [InlineData("{{", 1, null)]
    [InlineData("{%raw", 1, null)]
    [InlineData("{%#", 1, null)]
    public void What_nests_too_deep_is_seen_at_a_glance(string part, int times, string? fault) =>
        Assert.Equal(fault, TemplateScan.Fault(Repeat(part, times)));

    [Fact]
    public async Task A_stop_ends_the_reading()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => TemplateParser.Parse("{{ a }}", new("{{ a }}", stop.Token), out _));
    }
}
