using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Template;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core.Blocks;

public class TemplateBlockTests
{
    const string Values = """
        {"n":12345678901234567890123456789012345678901234567890,"price":1.10,"big":1e400,"zero":0,"s":"<b>\u0000\u200b&\"","o":{ "b":1.0,"a":[1.50,null,"x"] },"list":[3.0,1,2],"on":true,"off":false,"nil":null,"Name":"N","name":"n"}
        """;

    readonly FakeTimeProvider _clock = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly TemplateBlock _block;

    public TemplateBlockTests() => _block = new(_clock);

    async Task<string> Render(string template, string values = Values) =>
        JsonText.Trusted((await _block.RunAsync($$"""{"template":{{JsonSerializer.Serialize(template)}},"values":{{values}}}""")).On("text")).Root.GetString()!;

    [Theory]
    [InlineData("{{ n }}", "12345678901234567890123456789012345678901234567890")]
    [InlineData("{{ price }}|{{ big }}|{{ zero }}", "1.10|1e400|0")]
    [InlineData("{{ s }}", "<b>\0\u200b&\"")]
    [InlineData("{{ o }}", """{ "b":1.0,"a":[1.50,null,"x"] }""")]
    [InlineData("{{ o.a[0] }} {{ o['b'] }}", "1.50 1.0")]
    [InlineData("{{ o | json }} {{ list | json }} {{ s | json }}", """{ "b":1.0,"a":[1.50,null,"x"] } [3.0,1,2] "<b>\u0000&\"" """)]
    [InlineData("{{ nil }}{{ missing }}{{ on }}{{ off }}", "truefalse")]
    [InlineData("{{ Name }}{{ name }}{{ NAME }}", "Nn")]
    [InlineData("{% for i in list %}{{ i }};{% endfor %}", "3.0;1;2;")]
    [InlineData("{% for i in (1..3) %}{{ i }}{% endfor %}", "123")]
    [InlineData("{% for i in (1..list.size) %}{{ i }}{% endfor %}", "123")]
    [InlineData("{% for m in o %}{{ m[0] }}={{ m[1] }};{% endfor %}", "b=1.0;a=1.50x;")]
    [InlineData("{{ list | sort | join: ',' }}", "1,2,3.0")]
    [InlineData("{{ price | plus: 1 }}", "2.1")]
    [InlineData("{% if price > 1 and price < 2 and zero == 0 and n > 5 and big > 5 %}yes{% else %}no{% endif %}", "yes")]
    [InlineData("{% if price > 1 %}a{% endif %}{% if price < 2 %}b{% endif %}{% if zero == 0 %}c{% endif %}{% if n > 5 %}d{% endif %}{% if big > 5 %}e{% endif %}", "abcde")]
    [InlineData("{% if list[0] == 3 and 3 == list[0] %}yes{% endif %}", "yes")]
    [InlineData("{% capture x %}{{ price }}!{% endcapture %}{{ x }}{{ x }}", "1.10!1.10!")]
    [InlineData("{% for i in (1..3) %}{% capture x %}{% break %}{% endcapture %}{{ i }}{% endfor %}", "")]
    [InlineData("{{ 'a-b-c' | replace: '-', '+' }}", "a+b+c")]
    [InlineData("{{ 'now' | date: '%Y-%m-%d %H:%M:%S' }}", "2026-01-02 03:04:05")]
    [InlineData("no tags { } {", "no tags { } {")]
    public async Task A_template_is_filled(string template, string text) =>
        Assert.Equal(text.Replace("\\u0000", "\\u0000\u200b", StringComparison.Ordinal).TrimEnd(' '), await Render(template));

    [Theory]
    [InlineData("{% for i in (1..100000000) %}x{% endfor %}", "a range of more than 100,000 numbers")]
    [InlineData("{% assign n = '99999999999' %}{% for i in (-5..n) %}{% endfor %}", "a range of more than 100,000 numbers")]
    [InlineData("{{ (1..100000000) | size }}", "a range of more than 100,000 numbers")]
    [InlineData("{% assign n = 100000000 %}{% for i in (1..n) %}x{% endfor %}", "a range of more than 100,000 numbers")]
    [InlineData("{% tablerow i in (1..100000000) %}{% endtablerow %}", "a range of more than 100,000 numbers")]
    [InlineData("{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}", "more than 100,000 steps")]
    [InlineData("{% for i in (1..100000) %}{% for j in (1..2) %}{% endfor %}{% endfor %}", "more than 100,000 steps")]
    [InlineData("{% for i in (1..30000) %}{{ '0123456789012345678901234567890123456789' }}{% endfor %}", "its text is longer than 1,000,000 characters")]
    [InlineData("{% assign x = 'aaaaaaaa' %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}", "more text than a template may")]
    [InlineData("{% assign x = 'aaaaaaaa' %}{% for i in (1..40) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}", "its text is longer than 1,000,000 characters")]
    [InlineData("{% assign x = 'aaaaaaaa' %}{% for i in (1..10) %}{% assign x = x | replace: 'a', x %}{% endfor %}", "more text than a template may")]
    [InlineData("{% assign x = 'a,b' | split: ',' %}{% for i in (1..40) %}{% assign x = x | concat: x %}{% endfor %}", "more text than a template may")]
    [InlineData("{% assign s = 'aaaaaaaa' %}{% for i in (1..16) %}{% assign s = s | append: s %}{% endfor %}{% assign l = (1..1000) %}{{ l | join: s }}", "more text than a template may")]
    [InlineData("{{ 'now' | date: '%99999999Y' }}", "a width of three digits")]
    [InlineData("{{ 'now' | date: '%-0999Y' }}", "a width of three digits")]
    [InlineData("{% assign f = '%999' | append: 'Y' %}{{ 'now' | date: f }}", "a width of three digits")]
    public async Task A_template_that_asks_for_too_much_is_refused_when_it_is_stored_and_fails_when_it_runs(string template, string limit)
    {
        var stored = _block.DefaultFaults($$"""{"template":{{JsonSerializer.Serialize(template)}}}""");
        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Render(template));

        Assert.StartsWith("$.template asks for too much: it", stored, StringComparison.Ordinal);
        Assert.Contains(limit, stored, StringComparison.Ordinal);
        Assert.StartsWith("The template asks for too much: it", failed.Message, StringComparison.Ordinal);
        Assert.Contains(limit, failed.Message, StringComparison.Ordinal);
    }

    /// <summary>Each of these goes as deep as 20,000 characters allow; an overflow of the stack would end the test process.</summary>
    [Theory]
    [InlineData("{{ ", "a[", "1", "]", " }}")]
    [InlineData("{{ 'a'", "|upcase", "", "", " }}")]
    [InlineData("{% if 1", " and 1", "", "", " %}x{% endif %}")]
    [InlineData("", "{%if 1%}", "x", "{%endif%}", "")]
    [InlineData("", "{%if 1%}", "", "", "")]
    [InlineData("", "{%for i in (1..1)%}", "x", "{%endfor%}", "")]
    [InlineData("", "{%capture x%}", "x", "{%endcapture%}", "")]
    [InlineData("", "{%unless nil%}", "x", "{%endunless%}", "")]
    [InlineData("", "{%case 1%}{%when 1%}", "x", "{%endcase%}", "")]
    [InlineData("{% if nil %}", "{%elsif nil%}", "", "", "{% endif %}")]
    [InlineData("{% for i in ", "(1..", "1", ")", " %}{% endfor %}")]
    [InlineData("", "{{", "", "", "")]
    [InlineData("", "{%", "", "", "")]
    [InlineData("{{ ", "-", "1", "", " }}")]
    [InlineData("{{ 'a'", "|append:a[0]", "", "", " }}")]
    [InlineData("{{ a", ".a", "", "", " }}")]
    public void The_deepest_template_that_there_can_be_does_no_harm(string before, string open, string middle, string close, string after)
    {
        var levels = (20_000 - before.Length - middle.Length - after.Length) / (open.Length + close.Length);
        var template = before + string.Concat(Enumerable.Repeat(open, levels)) + middle + string.Concat(Enumerable.Repeat(close, levels)) + after;

        _block.DefaultFaults($$"""{"template":{{JsonSerializer.Serialize(template)}}}""");

        Assert.InRange(template.Length, 19_900, 20_000);
    }

    [Theory]
    [InlineData("{% if %}")]
    [InlineData("{% for i in %}{% endfor %}")]
    [InlineData("{% if 1 %}")]
    [InlineData("{{ }}")]
    [InlineData("{{ 'a }}")]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% render 'x' %}")]
    [InlineData("{% liquid assign x = 1 %}")]
    [InlineData("{% ifchanged %}{% endifchanged %}")]
    [InlineData("{% macro x() %}{% endmacro %}")]
    public void What_is_no_template_is_refused(string template)
    {
        var input = $$"""{"template":{{JsonSerializer.Serialize(template)}}}""";

        Assert.StartsWith("$.template is not a template: ", _block.DefaultFaults(input), StringComparison.Ordinal);
        Assert.StartsWith("$.template is not a template: ", _block.Faults(input), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', _block.Faults(input));
    }

    [Theory]
    [InlineData("{{ 1 | nosuch }}", "nosuch")]
    [InlineData("{% if 1 %}{% assign x = 1 | plus: 2 | other %}{% endif %}", "other")]
    [InlineData("{{ 1 | format_number: 'C99999999' }}", "format_number")]
    public void A_filter_that_there_is_not_is_named(string template, string filter) =>
        Assert.Equal($"$.template uses a filter that there is not: {filter}", _block.DefaultFaults($$"""{"template":{{JsonSerializer.Serialize(template)}}}"""));

    [Fact]
    public void A_template_that_only_lacks_its_values_can_be_stored() =>
        Assert.Equal("", _block.DefaultFaults("""{"template":"{{ 1 | divided_by: count }}{% for i in items %}{{ i.name | upcase }}{% endfor %}{{ 'x' | date: format }}"}"""));

    [Fact]
    public void Values_that_are_no_object_are_refused() => Assert.Equal("$.values must be an object", _block.Faults("""{"template":"","values":[]}"""));

    [Fact]
    public void A_template_that_is_too_long_is_refused() =>
        Assert.Equal("$.template must have at most 20000 characters", _block.DefaultFaults($$"""{"template":"{{new string('x', 20_001)}}"}"""));

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}", "The template failed: Attempted to divide by zero.")]
    [InlineData("{{ big | times: 10 }}", "The template failed: Value was either too large or too small for a Decimal.")]
    [InlineData("{{ '😀' | slice: 0 }}", "The template failed: the text contains a lone surrogate.")]
    public async Task A_template_that_fails_says_why(string template, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<BlockFailedException>(() => Render(template))).Message);

    [Fact]
    public async Task A_template_that_takes_too_long_fails_at_its_next_step()
    {
        // 999 comparisons of a long text at each of many steps: slow enough for the clock to be moved while it runs.
        var text = new string('a', 400_000);
        var template = $"{{% for i in (1..100000) %}}{string.Concat(Enumerable.Repeat("{%if a contains 'b'%}{%endif%}", 500))}{{% endfor %}}";
        var run = Render(template, $$"""{"a":"{{text}}"}""");

        while (!run.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }

        Assert.Contains("takes longer than 5 s", (await Assert.ThrowsAsync<BlockFailedException>(() => run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_a_template()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _block.RunUntilAsync("""{"template":"{% for i in (1..100) %}x{% endfor %}"}""", stop.Token));
    }
}
