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
        JsonText.Trusted(
            (await _block.RunAsync($$"""{"template":{{JsonSerializer.Serialize(template)}},"values":{{values}}}""")).On("text"))
            .Root.GetString()!;

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
    [InlineData(
        "{% if price > 1 %}a{% endif %}{% if price < 2 %}b{% endif %}{% if zero == 0 %}c{% endif %}{% if n > 5 %}d{% endif %}{% if big > 5 "
        + "%}e{% endif %}",
        "abcde")]
    [InlineData("{% if list[0] == 3 and 3 == list[0] %}yes{% endif %}", "yes")]
    [InlineData("{% capture x %}{{ price }}!{% endcapture %}{{ x }}{{ x }}", "1.10!1.10!")]
    [InlineData("{% for i in (1..3) %}{% capture x %}{% break %}{% endcapture %}{{ i }}{% endfor %}", "")]
    [InlineData("{% for i in list limit: 1 %}{{ i }}{% endfor %}|{% for i in list offset: continue %}{{ i }}{% endfor %}", "3.0|12")]
    [InlineData("{% for i in list reversed %}{{ i }}{% endfor %}{% for i in nil %}{{ i }}{% else %}none{% endfor %}", "213.0none")]
    [InlineData("{% case zero %}{% when 1, 0 %}yes{% else %}no{% endcase %}{% case s %}{% when 1 %}yes{% else %}no{% endcase %}", "yesno")]
    [InlineData("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle s: 'c', 'd' %}", "abc")]
    [InlineData("{{ list[list[1]] }}{{ o.a[list[2]] }}", "1x")]
    [InlineData("{% if list contains 3 %}a{% endif %}{% if o contains 'b' %}b{% endif %}{% if name startswith 'n' %}c{% endif %}", "abc")]
    [InlineData("{% assign l = '3,10,2' | split: ',' %}{{ l | sort | join: ' ' }} {{ l | uniq | size }}", "10 2 3 3")]
    [InlineData("{{ 'b,A' | split: ',' | sort_natural | join: ' ' }}", "A b")]
    [InlineData("{% tablerow i in (1..2) %}{{ i }}{% endtablerow %}",
        "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n")]
    [InlineData("{{ 'a-b-c' | replace: '-', '+' }}", "a+b+c")]
    [InlineData("{{ 'now' | date: '%Y-%m-%d %H:%M:%S' }}", "2026-01-02 03:04:05")]
    [InlineData("no tags { } {", "no tags { } {")]
    public async Task A_template_is_filled(string template, string text) =>
        Assert.Equal(text.Replace("\\u0000", "\\u0000\u200b", StringComparison.Ordinal).TrimEnd(' '), await Render(template));

    [Theory]
    [InlineData("{% for i in (1..100000000) %}x{% endfor %}")]
    [InlineData("{{ (1..100000000) | size }}")]
    [InlineData("{{ 1 | plus: (1..100000000) }}")]
    [InlineData("{% if a == (1..100000000) %}{% endif %}")]
    [InlineData("{{ a[(1..100000000)] }}")]
    [InlineData("{% for i in a[b[(1..100000000)]] %}{% endfor %}")]
    [InlineData("{% case a %}{% when (1..100000000) %}{% endcase %}")]
    [InlineData("{% tablerow i in (1..100000000) %}{% endtablerow %}")]
    [InlineData("{% capture x %}{% for i in (-5..99999999) %}{% endfor %}{% endcapture %}")]
    public void A_template_that_asks_for_too_much_by_itself_is_refused_before_it_runs(string template)
    {
        var input = $$"""{"template":{{JsonSerializer.Serialize(template)}}}""";

        Assert.Equal("$.template asks for too much: it has a range of more than 100,000 numbers", _block.DefaultFaults(input));
        Assert.Equal("$.template asks for too much: it has a range of more than 100,000 numbers", _block.Faults(input));
    }

    // 131,072 characters.
    const string LongText = "{% assign s = 'aaaaaaaa' %}{% for i in (1..14) %}{% assign s = s | append: s %}{% endfor %}";

    [Theory]
    [InlineData("{% assign n = '99999999999' %}{% for i in (-5..n) %}{% endfor %}", "a range of more than 100,000 numbers")]
    [InlineData("{% assign n = 100000000 %}{% for i in (1..n) %}x{% endfor %}", "a range of more than 100,000 numbers")]
    [InlineData("{% assign n = 100000000 %}{{ o[(1..n)] }}", "a range of more than 100,000 numbers")]
    [InlineData("{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}", "more than 100,000 steps")]
    [InlineData("{% for i in (1..60000) %}{% for j in (1..2) %}{% endfor %}{% endfor %}", "more than 100,000 steps")]
    [InlineData(
        "{% for i in (1..30000) %}{{ '0123456789012345678901234567890123456789' }}{% endfor %}",
        "its text is longer than 1,000,000 characters")]
    [InlineData(
        "{% assign x = 'aaaaaaaa' %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}", "more text than a template may")]
    [InlineData(
        "{% assign x = 'aaaaaaaa' %}{% for i in (1..40) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}",
        "its text is longer than 1,000,000 characters")]
    [InlineData(
        "{% assign x = 'aaaaaaaa' %}{% for i in (1..10) %}{% assign x = x | replace: 'a', x %}{% endfor %}",
        "more text than a template may")]
    [InlineData(
        "{% assign x = 'a,b' | split: ',' %}{% for i in (1..40) %}{% assign x = x | concat: x %}{% endfor %}",
        "more text than a template may")]
    [InlineData(LongText + "{% assign l = (1..1000) %}{{ l | join: s }}", "more text than a template may")]
    [InlineData("{{ 'now' | date: '%99999999Y' }}", "a width of three digits")]
    [InlineData("{{ 'now' | date: '%-0999Y' }}", "a width of three digits")]
    [InlineData("{% assign f = '%999' | append: 'Y' %}{{ 'now' | date: f }}", "a width of three digits")]
    public async Task A_template_that_asks_for_too_much_fails_when_it_runs(string template, string limit)
    {
        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Render(template));

        Assert.StartsWith("The template asks for too much: it", failed.Message, StringComparison.Ordinal);
        Assert.Contains(limit, failed.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Values that are as large as a payload may be, and templates that do something with all of one as often as fits into one tag.
    /// </summary>
    public static TheoryData<string, string> Costly
    {
        get
        {
            var members = string.Join(',', Enumerable.Range(0, 22_000).Select(i => $"\"key{i}\":{i}"));
            var objects = $$"""{"a":{ {{members}} },"b":{ {{members}} } }""";
            var texts = $$"""{"s":"{{new string('a', 400_000)}}","p":"{{new string('a', 50_000)}}b{{new string('a', 50_000)}}"}""";
            var sevens = new string('7', 200_000);
            var numbers = $$"""{"l":[{{string.Join(',', Enumerable.Range(0, 60_000))}}],"n":{{sevens}},"t":"{{sevens}}"}""";
            var lines = string.Join(',', Enumerable.Repeat($"\"{new string('a', 900)}\"", 400));
            var same = $$"""{"l":[{{lines}}],"e":[{{string.Join(',', Enumerable.Repeat("\"\"", 200_000))}}]}""";
            return new()
            {
                // Comparisons.
                { Or("a == b"), objects },
                { Or("a != b"), objects },
                { $"{{% case a %}}{{% when {Repeat("b", ", b", 500)} %}}{{% endcase %}}", objects },
                { Or("a.key1 == a.key2"), objects },
                { Or("a contains 'x' or b contains 'x'"), objects },
                { Or("s contains p"), texts },
                { Or("l contains n"), numbers },
                { Or("l contains t"), numbers },
                { Or("l == l"), numbers },
                { Or("l > l"), numbers },
                { Or("t > 1"), numbers },
                { Or("t endswith n"), numbers },
                { Or("l[t] == 1"), numbers },
                { $"{{% for i in (1..90000) %}}{Or("1")}{{% endfor %}}", "{}" },
                { $"{{% for i in (1..90000) %}}{Or("i == 0")}{{% endfor %}}", "{}" },
                { $"{{% for i in (1..90000) %}}{{% case 1 %}}{{% when {Repeat("2", ", 2", 500)} %}}{{% endcase %}}{{% endfor %}}", "{}" },
                { $"{{% for i in (1..90000) %}}{{% if nil %}}{Repeat("", "{% elsif nil %}", 501)}{{% endif %}}{{% endfor %}}", "{}" },
                // Filters.
                { Filters("sort", "l"), numbers },
                { Filters("sort", "l"), same },
                { Filters("sort_natural", "l"), same },
                { Filters("uniq", "l"), same },
                { Filters("join", "l"), same },
                { Filters("map: t", "l"), numbers },
                { Filters("where: 'first', l", "l"), same },
                { Filters("reverse", "l"), numbers },
                { Filters("concat: l", "l"), numbers },
                { Filters("split: ''", "s"), texts },
                { Filters("split: p", "s"), texts },
                { Filters("replace: p, p", "s"), texts },
                { Filters("replace_first: p, ''", "s"), texts },
                { Filters("replace_last: p, ''", "s"), texts },
                { Filters("remove: p", "s"), texts },
                { Filters("remove_first: p", "s"), texts },
                { Filters("remove_last: p", "s"), texts },
                { Filters("date: s", "'now'"), texts },
                { Filters("date: '%Y'", "s"), texts },
                { Filters("plus: t", "1"), numbers },
                { Filters("truncate: 1", "l"), same },
                { Filters("escape", "s"), texts },
                { Filters("json", "a"), objects },
                { Filters("default: 1", "l == l | join: 'x'"), same },
                { $"{{% for i in (1..90000) %}}{Filters("plus: 1", "1")}{{% endfor %}}", "{}" },
                // Reading and writing.
                { string.Concat(Enumerable.Repeat("{{ e }}", 2_000)), same },
                { string.Concat(Enumerable.Repeat("{% for i in e limit: 1 %}{% endfor %}", 500)), same },
                { string.Concat(Enumerable.Repeat("{% for m in a %}{% break %}{% endfor %}", 500)), objects },
                { string.Concat(Enumerable.Repeat("{% cycle s: 1, 2 %}", 900)), texts },
                { string.Concat(Enumerable.Repeat("{{ o.l[0] }}", 1_500)), $$"""{"o":{{numbers}} }""" },
            };

            static string Or(string condition) => $"{{% if {Repeat(condition, $" and {condition}", 500)} %}}{{% endif %}}";
            static string Filters(string filter, string input) =>
                $"{{{{ {Repeat(input, $" | {filter}", 51)} }}}}{Repeat("", $"{{% assign x = {input} | {filter} %}}", 301)}";
            static string Repeat(string first, string next, int times) => first + string.Concat(Enumerable.Repeat(next, times - 1));
        }
    }

    /// <summary>The clock stands still here: it is the work that is counted, before it is done.</summary>
    [Theory, MemberData(nameof(Costly), DisableDiscoveryEnumeration = true)]
    public async Task What_costs_more_with_larger_values_is_paid_for_before_it_is_done(string template, string values)
    {
        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Render(template, values));

        Assert.Matches("more text than a template may|longer than 1,000,000 characters|more than 100,000 steps", failed.Message);
    }

    [Theory]
    [InlineData("{% for i in (1..200) %}{% assign x = o.list | where: 'n', i | map: 'n' | first %}{{ x }}{% endfor %}")]
    [InlineData("{{ o.list | sort: 'n' | reverse | map: 'text' | uniq | join: ', ' | size }}")]
    [InlineData(
        "{% for i in o.list %}{% if i.text contains 'x' or i.n > 5 %}{{ i.text | replace: 'a', 'b' | upcase }}{% endif %}{% endfor %}")]
    [InlineData("{% for i in o.list offset: 10 limit: 900 %}{{ o.list[forloop.index].n }} {{ o.list.size }}{% endfor %}")]
    [InlineData("{{ o | json | size }}{{ o.list | json | size }}{% if o == o %}{% endif %}")]
    public async Task What_people_do_with_a_thousand_lines_is_within_the_limits(string template)
    {
        var list = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $$"""{"n":{{i}},"text":"{{new string('a', 100)}}{{i}}"}"""));

        Assert.NotEqual("", await Render(template, $$"""{"o":{"list":[{{list}}]} }"""));
    }

    [Fact]
    public async Task The_outcome_of_a_comparison_is_true_or_false_however_often_it_is_compared() =>
        Assert.Equal("true false TRUE", await Render(
            "{% for i in (1..20000) %}{% assign x = x == nil %}{% assign y = 1 > 2 %}{% endfor %}"
            + "{% assign x = list == list %}{{ x }} {{ y }} {{ on == true | upcase }}"));

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("../../../dev/zero")]
    [InlineData("/etc/passwd")]
    public async Task A_time_zone_is_no_file(string zone) =>
        Assert.Equal("2026-01-02 03:04", await Render($"{{{{ 'now' | time_zone: '{zone}' | date: '%Y-%m-%d %H:%M' }}}}"));

    [Fact]
    public async Task A_time_zone_is_found_by_its_name() =>
        Assert.Equal("2026-01-02 04:04", await Render("{{ 'now' | time_zone: 'Europe/Zurich' | date: '%Y-%m-%d %H:%M' }}"));

    /// <summary>Each of these goes as deep as 20,000 characters allow; an overflow of the stack would end the test process.</summary>
    [Theory]
    [InlineData("{{ ", "a[", "1", "]", " }}")]
    [InlineData("{{ ", "a[(1..", "1", ")]", " }}")]
    [InlineData("{{ 'a'", "|upcase", "", "", " }}")]
    [InlineData("{{ 'a'", "|x", "", "", " }}")]
    [InlineData("{% if 1", " and 1", "", "", " %}x{% endif %}")]
    [InlineData("{% if 1", " or x==1", "", "", " %}x{% endif %}")]
    [InlineData("{% if 1", " and a contains 1", "", "", " %}x{% endif %}")]
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
    [InlineData("{{ a", "[0]", "", "", " }}")]
    [InlineData("{{ a | append: 1", ",1", "", "", " }}")]
    [InlineData("{% cycle 1", ",1", "", "", " %}")]
    public async Task The_deepest_template_there_can_be_does_no_harm(string before, string open, string middle, string close, string after)
    {
        var levels = (20_000 - before.Length - middle.Length - after.Length) / (open.Length + close.Length);
        var template = before + string.Concat(Enumerable.Repeat(open, levels)) + middle + string.Concat(Enumerable.Repeat(close, levels))
            + after;

        if (_block.DefaultFaults($$"""{"template":{{JsonSerializer.Serialize(template)}}}""") == "")
            await Record.ExceptionAsync(() => Render(template));

        Assert.InRange(template.Length, 19_900, 20_000);
    }

    [Fact]
    public void Sixty_nine_characters_do_not_take_a_processor()
    {
        var template = "{{ " + string.Concat(Enumerable.Repeat("(a[", 22));

        Assert.Equal(69, template.Length);
        Assert.Equal("$.template has more than 8 brackets inside each other", _block.DefaultFaults($$"""{"template":"{{template}}"}"""));
        Assert.Equal("$.template has more than 8 brackets inside each other", _block.Faults($$"""{"template":"{{template}}"}"""));
    }

    [Fact]
    public void What_is_too_intricate_in_other_ways_is_refused_too() =>
        Assert.Equal("$.template asks for too much: it is too intricate to be read",
            _block.DefaultFaults($$"""{"template":"{%#{{new string(' ', 19_000)}}"}"""));

    [Fact]
    public void A_template_is_not_rendered_to_be_stored()
    {
        var clock = new ActingClock();
        var block = new TemplateBlock(clock);

        Assert.Equal("", block.DefaultFaults("""{"template":"{{ 'now' | date: '%Y' }}","values":{}}"""));

        Assert.Equal(0, clock.Asked);
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
        Assert.Equal(
            $"$.template uses a filter that there is not: {filter}",
            _block.DefaultFaults($$"""{"template":{{JsonSerializer.Serialize(template)}}}"""));

    [Fact]
    public void A_template_that_only_lacks_its_values_can_be_stored() =>
        Assert.Equal("", _block.DefaultFaults("""{"template":"{{ 1 | divided_by: count }}{% for i in items %}{{ i.name | upcase }}{% endfor %}{{ 'x' | date: format }}"}"""));

    [Fact]
    public void Values_that_are_no_object_are_refused() =>
        Assert.Equal("$.values must be an object", _block.Faults("""{"template":"","values":[]}"""));

    [Fact]
    public void A_template_that_is_too_long_is_refused() =>
        Assert.Equal(
            "$.template must have at most 20000 characters", _block.DefaultFaults($$"""{"template":"{{new string('x', 20_001)}}"}"""));

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}", "The template failed: Attempted to divide by zero.")]
    [InlineData("{{ big | times: 10 }}", "The template failed: Value was either too large or too small for a Decimal.")]
    [InlineData("{{ '😀' | slice: 0 }}", "The template failed: the text contains a lone surrogate.")]
    public async Task A_template_that_fails_says_why(string template, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<BlockFailedException>(() => Render(template))).Message);

    const string ManyDatesInOneStep = "{{ 'now' | date | date | date | date | date | date | date | date }}";

    static async Task EndAsync(TemplateEngine engine)
    {
        while (engine.Running > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task A_template_that_takes_too_long_fails_in_the_middle_of_its_step()
    {
        var clock = new ActingClock();
        clock.Act = () => clock.Advance(TimeSpan.FromSeconds(6));
        var engine = new TemplateEngine(clock);

        var failed = await Assert.ThrowsAsync<TemplateLimitException>(() =>
            engine.RenderAsync("ann", ManyDatesInOneStep, JsonText.EmptyObject.Root, TestContext.Current.CancellationToken));
        await EndAsync(engine);

        Assert.Equal("it takes longer than 5 s", failed.Message);
        Assert.Equal(1, clock.Asked);
    }

    [Fact]
    public async Task A_stop_ends_a_template_in_the_middle_of_its_step()
    {
        using var stop = new CancellationTokenSource();
        var clock = new ActingClock { Act = stop.Cancel };
        var engine = new TemplateEngine(clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            engine.RenderAsync("ann", ManyDatesInOneStep, JsonText.EmptyObject.Root, stop.Token));
        await EndAsync(engine);

        Assert.Equal(1, clock.Asked);
    }

    [Fact]
    public async Task A_check_can_be_given_up()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var input = JsonText.Trusted("""{"template":"{{ a }}"}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _block.CheckAsync(input, stop.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _block.CheckDefaultsAsync(input, stop.Token).AsTask());
    }

    /// <summary>A clock that does something whenever a template asks for the time.</summary>
    sealed class ActingClock : FakeTimeProvider
    {
        public Action? Act { get; set; }

        public int Asked { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (!_acts && Thread.CurrentThread.Name == "template")
            {
                _acts = true; // to set the clock asks it for the time
                Asked++;
                Act?.Invoke();
                _acts = false;
            }
            return base.GetUtcNow();
        }

        bool _acts;
    }
}
