using HitlReview.Core.HostileText;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MarkdownParser = Markdig.Markdown;

namespace HitlReview.Web.Components.Copilot;

/// <summary>
/// Draws the markdown of a model. It is read into a tree, of which the parts named here become elements and all else the text that it is:
/// no HTML of the model's ever reaches the page, nothing is loaded from elsewhere, and nothing in it is unseen.
/// </summary>
sealed class Markdown
{
    /// <summary>The longest text that is read as markdown, in UTF-16 code units; what is longer is shown as it is.</summary>
    const int MaxText = 200_000;

    /// <summary>The deepest nesting that is drawn as such.</summary>
    const int MaxDepth = 60;

    /// <summary>
    /// How long a piece of text is. A text that grows then changes its last piece only, so that no more than that goes over the wire.
    /// </summary>
    const int Piece = 64;

    static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough).Build();

    readonly MarkdownDocument? _document;
    readonly string _text;

    Markdown(string text, MarkdownDocument? document) => (_text, _document) = (text, document);

    /// <summary>Reads a text.</summary>
    public static Markdown Read(string text)
    {
        try
        {
            return new(text, text.Length <= MaxText && MarkdownParser.Parse(text, s_pipeline) is var read && !IsDeep(read) ? read : null);
        }
        // Whatever the parser can't read is shown as it is.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(text, null);
        }
    }

    /// <summary>
    /// True if it is nested more deeply than anybody writes. The parser bounds blocks, but not what is nested in a line, and to draw that
    /// would take a stack without end.
    /// </summary>
    static bool IsDeep(MarkdownDocument document)
    {
        var open = new Stack<(MarkdownObject Part, int Depth)>([(document, 0)]);
        while (open.TryPop(out var at))
        {
            if (at.Depth > MaxDepth)
                return true;
            IEnumerable<MarkdownObject> within = at.Part switch
            {
                ContainerBlock block => block,
                LeafBlock { Inline: { } inline } => inline,
                ContainerInline inline => inline,
                _ => [],
            };
            foreach (var part in within)
                open.Push((part, at.Depth + 1));
        }
        return false;
    }

    /// <summary>Where its last part begins, which still changes while the text grows; what stands before it doesn't.</summary>
    public int LastStart => _document?.LastChild is { Span.Start: > 0 and var start } ? _text.LastIndexOf('\n', start - 1) + 1 : 0;

    /// <summary>The text as elements.</summary>
    public RenderFragment Show => builder =>
    {
        if (_document is null)
            builder.AddContent(0, Whole(_text));
        else
            Blocks(builder, _document);
    };

    static void Blocks(RenderTreeBuilder builder, ContainerBlock blocks)
    {
        foreach (var block in blocks)
        {
            builder.OpenRegion(0);
            Block(builder, block);
            builder.CloseRegion();
        }
    }

    static void Block(RenderTreeBuilder builder, Block block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                // A page has its headings already: what a model calls one must not stand among them.
                Element(builder, "p", "md-heading", b => Inlines(b, heading.Inline));
                break;
            case ParagraphBlock paragraph:
                Element(builder, "p", null, b => Inlines(b, paragraph.Inline));
                break;
            case CodeBlock code:
                Code(builder, code);
                break;
            case QuoteBlock quote:
                Element(builder, "blockquote", null, b => Blocks(b, quote));
                break;
            case ListBlock list:
                builder.OpenElement(1, list.IsOrdered ? "ol" : "ul");
                if (list.IsOrdered && list.OrderedStart is { } start and not "1")
                    builder.AddAttribute(2, "start", start);
                foreach (var item in list)
                {
                    builder.OpenRegion(3);
                    Element(builder, "li", null, b => Blocks(b, (ContainerBlock)item));
                    builder.CloseRegion();
                }
                builder.CloseElement();
                break;
            case ThematicBreakBlock:
                Element(builder, "hr", null, _ => { });
                break;
            case Table table:
                Table(builder, table);
                break;
            case LinkReferenceDefinition definition:
                Element(builder, "p", null, b => Pieces(b, $"[{definition.Label}]: {definition.Url} {definition.Title}", isWhole: false));
                break;
            case LeafBlock { Inline: not null } leaf:
                Element(builder, "p", null, b => Inlines(b, leaf.Inline));
                break;
            case LeafBlock leaf:
                Element(builder, "p", null, b => b.AddContent(0, Whole(Text(leaf.Lines))));
                break;
            case ContainerBlock container:
                Blocks(builder, container);
                break;
        }
    }

    static void Code(RenderTreeBuilder builder, CodeBlock code)
    {
        builder.OpenElement(1, "copy-code");
        builder.AddAttribute(2, "data-copy", Texts.ChatCopy);
        builder.AddAttribute(3, "data-copied", Texts.ChatCopied);
        if (code is FencedCodeBlock { Info.Length: > 0 } fenced)
            builder.AddContent(7, b => Element(
                b, "span", "md-language", l => Pieces(l, $"{fenced.Info} {fenced.Arguments}".Trim(), isWhole: false)));
        builder.OpenElement(4, "pre");
        builder.AddAttribute(5, "tabindex", "0");
        builder.OpenElement(6, "code");
        Pieces(builder, Text(code.Lines), isWhole: true);
        builder.CloseElement();
        builder.CloseElement();
        builder.CloseElement();
    }

    static void Table(RenderTreeBuilder builder, Table table) => Element(builder, "div", "md-table", outer =>
        Element(outer, "table", null, inner =>
        {
            foreach (var row in table.OfType<TableRow>())
            {
                inner.OpenRegion(0);
                Element(inner, "tr", null, cells =>
                {
                    foreach (var cell in row.OfType<TableCell>())
                    {
                        cells.OpenRegion(0);
                        Element(cells, row.IsHeader ? "th" : "td", null, b => Cell(b, cell));
                        cells.CloseRegion();
                    }
                });
                inner.CloseRegion();
            }
        }));

    static void Cell(RenderTreeBuilder builder, TableCell cell)
    {
        if (cell is [ParagraphBlock only])
            Inlines(builder, only.Inline);
        else
            Blocks(builder, cell);
    }

    static void Inlines(RenderTreeBuilder builder, ContainerInline? inlines)
    {
        foreach (var inline in (IEnumerable<Inline>?)inlines ?? [])
        {
            builder.OpenRegion(0);
            Inline(builder, inline);
            builder.CloseRegion();
        }
    }

    static void Inline(RenderTreeBuilder builder, Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                Pieces(builder, literal.Content.ToString(), isWhole: false);
                break;
            case CodeInline code:
                Element(builder, "code", null, b => Pieces(b, code.Content, isWhole: false));
                break;
            case EmphasisInline { DelimiterChar: '~' } struck:
                Element(builder, "s", null, b => Inlines(b, struck));
                break;
            case EmphasisInline emphasis:
                Element(builder, emphasis.DelimiterCount == 2 ? "strong" : "em", null, b => Inlines(b, emphasis));
                break;
            case LineBreakInline { IsHard: true }:
                Element(builder, "br", null, _ => { });
                break;
            case LineBreakInline:
                builder.AddContent(1, "\n");
                break;
            case AutolinkInline address:
                Link(builder, address.IsEmail ? $"mailto:{address.Url}" : address.Url, b => Pieces(b, address.Url, isWhole: false), false);
                break;
            case LinkInline link:
                Link(builder, link.Url ?? "", b => Inlines(b, link), true);
                break;
            case HtmlEntityInline entity:
                Pieces(builder, entity.Transcoded.ToString(), isWhole: false);
                break;
            case ContainerInline container:
                Inlines(builder, container);
                break;
            default:
                Pieces(builder, inline.ToString() ?? "", isWhole: false);
                break;
        }
    }

    /// <summary>A link says where it leads, which its words may not.</summary>
    static void Link(RenderTreeBuilder builder, string url, RenderFragment words, bool saysWhere)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "mailto")
            || PlaceOf(address) is not { } place)
        {
            words(builder);
            if (saysWhere)
                Where(builder, url);
            return;
        }
        builder.OpenElement(1, "a");
        builder.AddAttribute(2, "href", address.AbsoluteUri);
        builder.AddAttribute(3, "target", "_blank");
        builder.AddAttribute(4, "rel", "noopener noreferrer nofollow");
        builder.AddContent(5, words);
        builder.CloseElement();
        if (saysWhere)
            Where(builder, place);
    }

    /// <summary>Where an address leads; null for a host that can be none.</summary>
    static string? PlaceOf(Uri address)
    {
        try
        {
            return address.Scheme == "mailto" ? address.AbsoluteUri : address.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    static void Where(RenderTreeBuilder builder, string place)
    {
        if (place.Length == 0)
            return;
        builder.AddContent(6, " (");
        builder.OpenElement(7, "b");
        builder.AddAttribute(8, "class", "host");
        builder.AddContent(9, Visible.Plain(place, 200));
        builder.CloseElement();
        builder.AddContent(10, ")");
    }

    /// <summary>A text in pieces that stay as they are while it grows, with a mark for whatever has no ink.</summary>
    static void Pieces(RenderTreeBuilder builder, string text, bool isWhole)
    {
        foreach (var piece in VisibleText.Split(text, isWhole))
        {
            builder.OpenRegion(11);
            switch (piece.Kind)
            {
                case PieceKind.Plain:
                    for (var at = 0; at < piece.Text.Length;)
                    {
                        var end = Math.Min(at + Piece, piece.Text.Length);
                        if (end < piece.Text.Length && char.IsHighSurrogate(piece.Text[end - 1]))
                            end++;
                        builder.AddContent(0, piece.Text[at..end]);
                        at = end;
                    }
                    break;
                case PieceKind.Host:
                    Element(builder, "b", "host", b => b.AddContent(0, piece.Text));
                    break;
                default:
                    builder.OpenElement(1, "span");
                    builder.AddAttribute(2, "class", "unseen");
                    builder.AddAttribute(3, "title", Visible.Title(piece));
                    builder.AddContent(4, Visible.Mark(piece));
                    builder.CloseElement();
                    break;
            }
            builder.CloseRegion();
        }
    }

    static RenderFragment Whole(string text) => builder =>
        Element(builder, "span", "md-raw", b => Pieces(b, text, isWhole: true));

    static void Element(RenderTreeBuilder builder, string name, string? style, RenderFragment content)
    {
        builder.OpenElement(1, name);
        builder.AddAttribute(2, "class", style);
        builder.AddContent(3, content);
        builder.CloseElement();
    }

    static string Text(StringLineGroup lines) => lines.Lines is null ? "" : lines.ToString();
}
