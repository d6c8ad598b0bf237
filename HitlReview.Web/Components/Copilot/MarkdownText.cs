using HitlReview.Core.Copilot.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Web.Components.Copilot;

/// <summary>What the assistant says: whole, or as it is being written.</summary>
public sealed class MarkdownText : ComponentBase, IAsyncDisposable
{
    readonly CancellationTokenSource _gone = new();
    Task _following = Task.CompletedTask;
    LiveTurn? _followed;
    MarkdownGrowth _shown = new();
    bool _isWhole;

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
        if (Text is not null)
        {
            _isWhole = true;
            // What was watched to its end stays as it is drawn.
            if (_shown.Is(Text))
                return;
            _shown = new();
            _shown.Add(Text);
        }
        else if (Turn is not null && Turn != _followed)
        {
            _followed = Turn;
            _shown = new();
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
                if (added.Length == 0 || _isWhole || turn != _followed)
                    continue;
                _shown.Add(added);
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder) => _shown.Show(builder);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _following;
        _gone.Dispose();
    }
}
