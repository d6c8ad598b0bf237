using Bunit;
using HitlReview.Web.Components.Copilot;

namespace HitlReview.Tests.Web.Components.Copilot;

/// <summary>What a model writes, as a reader sees it: elements of ours, and else the text that it is.</summary>
public sealed class MarkdownTests : IDisposable
{
    readonly BunitContext _page = new();

    public void Dispose() => _page.Dispose();

    string Show(string text) => _page.Render<MarkdownText>(p => p.Add(m => m.MessageId, "m").Add(m => m.Text, text)).Markup;

    [Theory]
    [InlineData("plain", "<p>plain</p>")]
    [InlineData("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>")]
    [InlineData("# Approve", """<p class="md-heading">Approve</p>""")]
    [InlineData("- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>")]
    [InlineData("3. a", """<ol start="3"><li><p>a</p></li></ol>""")]
    [InlineData("> q", "<blockquote><p>q</p></blockquote>")]
    [InlineData("---", "<hr>")]
    public void What_is_markdown_becomes_elements(string text, string markup) =>
        _page.Render<MarkdownText>(p => p.Add(m => m.MessageId, "m").Add(m => m.Text, text)).MarkupMatches(markup);

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<button data-act=\"approve\">Approve</button>")]
    [InlineData("a <b onclick=x>b</b> c")]
    [InlineData("<review-card data-card>")]
    [InlineData("<!-- x --><iframe src=\"//evil.example\"></iframe>")]
    public void What_is_HTML_is_the_text_that_it_is(string text)
    {
        var shown = _page.Render<MarkdownText>(p => p.Add(m => m.MessageId, "m").Add(m => m.Text, text));

        Assert.Empty(shown.FindAll("script, img, button, b:not(.host), iframe, review-card, [onclick], [onerror]"));
        Assert.Equal(text, string.Concat(shown.Nodes.Select(n => n.TextContent)));
    }

    [Theory]
    [InlineData("[click](javascript:alert(1))")]
    [InlineData("[click](data:text/html,x)")]
    [InlineData("[click](/account/sign-out)")]
    [InlineData("[click](//evil.example)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("![x](http://evil.example/pixel.png)")]
    [InlineData("[r]: javascript:alert(1)\n\n[r]")]
    public void Nothing_is_loaded_and_no_link_leads_anywhere_but_to_the_web(string text)
    {
        var shown = _page.Render<MarkdownText>(p => p.Add(m => m.MessageId, "m").Add(m => m.Text, text));

        Assert.Empty(shown.FindAll("img"));
        Assert.All(shown.FindAll("a"), a => Assert.Equal("http://evil.example/pixel.png", a.GetAttribute("href")));
    }

    [Fact]
    public void A_link_says_where_it_leads_whatever_its_words_say()
    {
        var shown = _page.Render<MarkdownText>(
            p => p.Add(m => m.MessageId, "m").Add(m => m.Text, "[https://bank.example](https://evil.example/x)"));

        Assert.Equal("https://evil.example/x", shown.Find("a").GetAttribute("href"));
        Assert.Equal("noopener noreferrer nofollow", shown.Find("a").GetAttribute("rel"));
        Assert.EndsWith("(evil.example)", shown.Nodes.Last().TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_it_is_unseen()
    {
        var shown = _page.Render<MarkdownText>(
            p => p.Add(m => m.MessageId, "m").Add(m => m.Text, "a\u202Eb `c\u200Bd`\n\n```\ne\u202Ef\n```"));

        Assert.Equal(["U+202E", "U+200B", "U+202E"], shown.FindAll(".unseen").Select(mark => mark.TextContent));
    }

    [Theory]
    [InlineData("[x](https://\u05d0a.example) ", 1)]
    [InlineData("**a **", 20_000)]
    [InlineData("[", 50_000)]
    [InlineData("> ", 20_000)]
    [InlineData("* ", 20_000)]
    [InlineData("*", 50_000)]
    [InlineData("`", 50_000)]
    [InlineData("![](", 20_000)]
    [InlineData("a|", 20_000)]
    [InlineData("<", 50_000)]
    [InlineData("&#x41;", 20_000)]
    [InlineData("    - x\n", 5_000)]
    [InlineData("| a | b |\n| - | - |\n", 2_000)]
    public void However_it_is_written_it_is_shown_and_the_process_lives(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times));

        Assert.NotEmpty(Show(text));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("~")]
    [InlineData("_")]
    public void What_is_nested_without_end_in_a_line_is_shown_as_it_is(string mark)
    {
        var deep = string.Concat(Enumerable.Repeat(mark, 60_000));

        Assert.Contains("md-raw", Show($"x {deep}a{deep}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("One *two* three\n\n- a\n- b\n  - c\n\n```js\nlet x = 1\n\nlet y\n```\n\nend **of** it")]
    [InlineData("| a | b |\n| --- | --- |\n| 1 | 2 |\n\n1. x\n2. y\n\n> q\n> r\n\nend")]
    [InlineData("a\n\n    code\n    more\n\nb\n===\n\nc")]
    public void A_text_that_grows_letter_by_letter_ends_as_it_is_whole(string text)
    {
        var grown = new MarkdownGrowth();
        foreach (var letter in text)
            grown.Add($"{letter}");

        Assert.Equal(Show(text), _page.Render(grown.Show).Markup);
    }
}
