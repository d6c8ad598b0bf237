using System.Text;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Copilot;

/// <summary>A markdown text that grows: only its last part is read and drawn anew with each piece, whatever the length.</summary>
sealed class MarkdownGrowth
{
    const int MaxPart = 20_000; // UTF-16 code units

    readonly List<Markdown> _closed = [];
    readonly StringBuilder _all = new();
    string _tail = "";
    Markdown? _last;
    bool _isCut;

    /// <summary>True if this is all of it, and drawn as such.</summary>
    public bool Is(string text) => !_isCut && _all.Equals(text);

    /// <summary>Adds what is new.</summary>
    public void Add(string piece)
    {
        _all.Append(piece);
        _tail += piece;
        _last = Markdown.Read(_tail);
        if (_last.LastStart is not (> 0 and var start))
        {
            // One part without end would be read again and again. It is cut for now, and drawn as one once it is whole.
            if (_tail.Length <= MaxPart)
                return;
            (_isCut, start) = (true, _tail.Length);
        }
        // What stands before the last part is complete; the last may still become something else.
        _closed.Add(Markdown.Read(_tail[..start]));
        _tail = _tail[start..];
        _last = Markdown.Read(_tail);
    }

    /// <summary>The text as elements.</summary>
    public RenderFragment Show => builder =>
    {
        foreach (var part in _closed)
        {
            builder.OpenRegion(0);
            part.Show(builder);
            builder.CloseRegion();
        }
        if (_last is not null)
        {
            builder.OpenRegion(1);
            _last.Show(builder);
            builder.CloseRegion();
        }
    };
}
