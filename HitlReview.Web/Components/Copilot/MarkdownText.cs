using System.Text;
using HitlReview.Core.Copilot.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Web.Components.Copilot;

/// <summary>
/// What the assistant says: whole, or as it is being written. While it grows only its last part is read and drawn anew, whatever the
/// length.
/// </summary>
public sealed class MarkdownText : ComponentBase, IAsyncDisposable
{
    readonly CancellationTokenSource _gone = new();
    readonly List<Markdown> _closed = [];
    Task _following = Task.CompletedTask;
    LiveTurn? _followed;
    readonly StringBuilder _grown = new();
    string? _whole;
    string _tail = "";
    Markdown? _last;

    /// <summary>The message.</summary>
    [Parameter, EditorRequired]
    public required string MessageId { get; set; }

    /// <summary>Its text; null while it is being written.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>The turn in which it is being written; null where that isn't known yet.</summary>
    [Parameter]
    public LiveTurn? Turn { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Text is not null && Text != _whole)
        {
            _whole = Text;
            // What was watched to its end stays as it is drawn.
            if (_grown.Equals(Text))
                return;
            Clear();
            Grow(Text);
        }
        else if (Text is null && Turn is not null && Turn != _followed)
        {
            _followed = Turn;
            Clear();
            _following = FollowAsync(Turn);
        }
    }

    async Task FollowAsync(LiveTurn turn)
    {
        try
        {
            await foreach (var events in turn.ReadAsync(_gone.Token))
            {
                var added = string.Concat(events.OfType<TextAdded>().Where(e => e.MessageId == MessageId).Select(e => e.Delta));
                // Once the whole is here it was read from where it is kept.
                if (added.Length == 0 || _whole is not null || turn != _followed)
                    continue;
                Grow(added);
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
    }

    void Clear()
    {
        _closed.Clear();
        _grown.Clear();
        (_tail, _last) = ("", null);
    }

    void Grow(string added)
    {
        _grown.Append(added);
        _tail += added;
        var read = Markdown.Read(_tail);
        if (read.LastStart is > 0 and var start)
        {
            // What stands before the last part is complete; the last may still become something else.
            _closed.Add(Markdown.Read(_tail[..start]));
            _tail = _tail[start..];
            read = Markdown.Read(_tail);
        }
        _last = read;
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
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
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _following;
        _gone.Dispose();
    }
}
