using HitlReview.Core.Payloads;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace HitlReview.Web.Components.Payload;

/// <summary>Shows a payload, whole.</summary>
public sealed partial class PayloadView
{
    const int RawStart = 20_000;

    readonly string _id = $"payload-{Guid.NewGuid():N}";
    readonly Dictionary<PayloadNode, int> _unfolded = [];
    ElementReference _fieldsTab, _rawTab;
    JsonText? _shown;
    PayloadNode _tree = null!;
    bool _raw, _rawWhole;

    /// <summary>The payload.</summary>
    [Parameter, EditorRequired]
    public required JsonText Payload { get; set; }

    /// <summary>The schema that titles its keys, if it has one.</summary>
    [Parameter]
    public PayloadSchema? Schema { get; set; }

    /// <summary>What the payload is, for those who can't see where it stands.</summary>
    [Parameter]
    public string Label { get; set; } = Texts.Payload;

    /// <summary>What else stands in the line of the tabs.</summary>
    [Parameter]
    public RenderFragment? Extra { get; set; }

    /// <summary>Told, whenever it changes, how many parts are folded and have not been opened.</summary>
    [Parameter]
    public EventCallback<int> OnUnread { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown?.Text == Payload.Text)
            return;
        _shown = Payload;
        _tree = PayloadNode.Of(Payload, Schema);
        _unfolded.Clear();
        _rawWhole = false;
        await TellUnreadAsync();
    }

    async Task Unfold((PayloadNode Node, int Shown) part)
    {
        _unfolded[part.Node] = part.Shown;
        await TellUnreadAsync();
    }

    /// <summary>Opens all that is folded in front of the reader, and of a long list the next step.</summary>
    public async Task UnfoldAsync()
    {
        if (_raw)
            _rawWhole = true;
        else
            foreach (var part in PayloadFolds.Folded(_tree, _unfolded))
                _unfolded[part] = PayloadFolds.ShownNext(part, _unfolded);
        await TellUnreadAsync();
        StateHasChanged();
    }

    async Task Show(bool raw)
    {
        _raw = raw;
        await TellUnreadAsync();
    }

    Task SwitchByKey(KeyboardEventArgs key) => key.Key is "ArrowLeft" or "ArrowRight" ? SwitchAsync() : Task.CompletedTask;

    async Task SwitchAsync()
    {
        await Show(!_raw);
        await (_raw ? _rawTab : _fieldsTab).FocusAsync();
    }

    /// <summary>Either view shows everything, so one that was read whole is enough.</summary>
    Task TellUnreadAsync() =>
        OnUnread.InvokeAsync(_rawWhole || (_raw && Payload.Text.Length <= RawStart) ? 0 : PayloadFolds.Folded(_tree, _unfolded).Count);
}
