using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>
/// Makes a graph, or the next version of one. Each step is kept at once, so that a reload loses nothing, and can be undone; it is a graph
/// that can run only once it is stored.
/// </summary>
public sealed partial class GraphMaker
{
    enum View
    {
        steps,
        json,
        versions,
        run,
    }

    readonly Stack<GraphDraft> _past = new();
    GraphDraft _draft = GraphMaking.Empty;
    Graph? _stored;
    JsonText? _storedJson; // the same as it is given, which each change is held against
    string? _kept; // what is kept of what isn't stored, as far as is known here
    bool _isOvertaken; // another window has kept something else since
    readonly Turns _keeping = new();
    JsonText? _before, _after; // what the difference is between; null for nothing, and for what stands here
    int? _from, _to; // the versions that the reader has chosen for that
    PayloadEditor? _json;
    GraphNodeForm? _form;
    string _name = "", _block = ""; // the field's text as it was given, since what is typed is the browser's; the block to be added
    string? _typedName, _chosen, _fault, _said, _refused;
    int? _outdated; // the version that was stored after this was begun
    View _view = View.steps;
    int _turn; // counts what has changed under the fields, which are then drawn anew
    bool _busy, _wasRun;

    [Inject]
    TimeProvider Clock { get; set; } = null!;

    [Inject]
    Graphs Graphs { get; set; } = null!;

    [Inject]
    UnstoredGraphs Unstored { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    [Inject]
    NavigationManager Nav { get; set; } = null!;

    /// <summary>The graph of which this is to be the next version; null for a new one.</summary>
    [Parameter]
    public string? GraphId { get; set; }

    /// <summary>An execution whose inputs are to be given again.</summary>
    [Parameter]
    public string? From { get; set; }

    /// <summary>Which part is shown first.</summary>
    [Parameter]
    public string? Shown { get; set; }

    /// <summary>Told what the graph is called, for the title of the page.</summary>
    [Parameter]
    public EventCallback<string> OnNamed { get; set; }

    (View View, string Words)[] Views => _stored is null
        ? [(View.steps, Texts.MakeSteps), (View.json, Texts.MakeJson)]
        : [(View.steps, Texts.MakeSteps), (View.json, Texts.MakeJson), (View.versions, Texts.MakeVersions), (View.run, Texts.GraphRun)];

    /// <summary>What is still to be done where nothing is wrong; null if that is all.</summary>
    string? ToDo => _draft.Definition.Nodes.Count == 0 ? Texts.MakeNeedsStep
        : string.IsNullOrWhiteSpace(_draft.Name) ? Texts.MakeNeedsName : null;

    string? First => _draft.Definition.Nodes is [var first, ..] ? first.Id : null;

    bool IsChanged => _stored is null
        ? _draft.Name.Length > 0 || _draft.Definition.Nodes.Count > 0
        : !JsonText.SameValue(_draft.ToJson(), _storedJson!);

    void Follow(Graph stored) => (_stored, _storedJson) = (stored, GraphMaking.Of(stored).ToJson());

    protected override async Task LoadAsync(CancellationToken gone)
    {
        if (GraphId is not null)
            Follow(await Graphs.GetAsync(Caller, GraphId, null, gone));
        _draft = _stored is null ? GraphMaking.Empty : GraphMaking.Of(_stored);
        var kept = await Unstored.FindAsync(Caller, GraphId ?? "", gone);
        _kept = kept?.Text;
        if (kept is not null && ReadKept(kept.Text) is { } unstored)
        {
            _outdated = _stored is not null && kept.Version != _stored.Version ? _stored.Version : null;
            _draft = unstored with { Follows = _stored?.Version };
        }
        (_chosen, _name) = (First, _draft.Name);
        if (Enum.TryParse<View>(Shown, out var view) && Views.Any(one => one.View == view))
            _view = view;
        _wasRun = _view == View.run;
        await CheckAsync(gone);
        await CompareAsync(gone);
        await OnNamed.InvokeAsync(_draft.Name.Length > 0 ? Visible.Plain(_draft.Name, 60) : Texts.GraphNew);
    }

    // Nothing tells of graphs. One that was stored elsewhere meanwhile is noticed when this is stored or run.
    protected override Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone) => Task.FromResult(false);

    static GraphDraft? ReadKept(string text)
    {
        try
        {
            return GraphMaking.Read(text);
        }
        catch (RefusedException)
        {
            return null; // What an older version kept is given up.
        }
    }

    /// <summary>Takes a step, keeps it, and says what is still in the way of storing it.</summary>
    async Task ChangeAsync(GraphDraft draft)
    {
        if (draft == _draft)
            return;
        _past.Push(_draft);
        await ShowAsync(draft);
    }

    async Task ShowAsync(GraphDraft draft)
    {
        (_draft, _said, _refused) = (draft, null, null);
        await CheckAsync(Gone);
        await KeepAsync();
    }

    Task KeepAsync() => _keeping.TakeAsync(async () =>
    {
        // Until the reader has chosen between the two nothing is kept.
        if (_isOvertaken)
            return;
        var text = IsChanged ? _draft.ToJson().Text : null;
        try
        {
            await Unstored.KeepAsync(Caller, GraphId ?? "", _draft.Follows ?? 0, text, _kept, Gone);
            _kept = text;
        }
        catch (RefusedException e) when (e.Refusal == Refusal.Conflict)
        {
            _isOvertaken = true;
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
    });

    /// <summary>Goes on with what another window has made of the graph.</summary>
    async Task TakeOtherAsync()
    {
        _past.Clear();
        _isOvertaken = false;
        await ReloadAsync();
        _turn++;
    }

    /// <summary>Goes on with what stands here; what the other window has made is given up.</summary>
    async Task KeepThisAsync()
    {
        _kept = (await Unstored.FindAsync(Caller, GraphId ?? "", Gone))?.Text;
        _isOvertaken = false;
        await KeepAsync();
    }

    /// <summary>
    /// Takes what is typed at this moment, before the fields that it stands in go: nobody has to wait until the page has heard of it.
    /// </summary>
    /// <returns>False if something of it can't be kept, which the page says.</returns>
    async Task<bool> FlushAsync()
    {
        await TakeNameAsync();
        if (_view == View.json)
            return await TakeJsonAsync();
        if (_view != View.steps || _form is null || _draft.Node(_chosen) is null || await _form.FlushAsync(Gone) is not { } fault)
            return true;
        _refused = Say.With(Texts.MakeNotKept, fault);
        return false;
    }

    async Task TypedNameAsync(ChangeEventArgs e)
    {
        var typed = _typedName = (string?)e.Value ?? "";
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), Clock, Gone);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (_typedName == typed)
            await TakeNameAsync();
    }

    async Task TakeNameAsync()
    {
        if (_typedName is not { } typed)
            return;
        _typedName = null;
        await ChangeAsync(_draft with { Name = typed });
    }

    /// <summary>Shows another state of the graph than the one that the fields show.</summary>
    async Task TurnAsync(GraphDraft draft)
    {
        _turn++;
        (_name, _typedName) = (draft.Name, null);
        if (draft.Node(_chosen) is null)
            _chosen = draft.Definition.Nodes is [.., var last] ? last.Id : null;
        await ShowAsync(draft);
    }

    async Task UndoAsync()
    {
        // What is typed and not heard of yet is the last step.
        var before = _draft;
        if (!await FlushAsync() || _past.TryPop(out before!))
            await TurnAsync(before);
    }

    async Task CheckAsync(CancellationToken gone) => _fault = await Graphs.FaultAsync(_draft, gone);

    // What is not stored yet is compared with what is; what is stored, with what was before.
    int FormerVersion => IsChanged ? _stored!.Version : _stored!.Version - 1;

    async Task CompareAsync(CancellationToken gone)
    {
        var (chosenFrom, chosenTo) = (_from, _to);
        var before = _stored is null || (chosenFrom ?? FormerVersion) is not (> 0 and var from) ? null : await VersionAsync(from, gone);
        var after = _stored is not null && chosenTo is { } to ? await VersionAsync(to, gone) : null;
        // The reader may have chosen otherwise meanwhile.
        if ((chosenFrom, chosenTo) == (_from, _to))
            (_before, _after) = (before, after);
    }

    async Task<JsonText?> VersionAsync(int version, CancellationToken gone) => version == _stored!.Version
        ? _storedJson
        : GraphMaking.Of(await Graphs.GetAsync(Caller, _stored.Id, version, gone)).ToJson();

    async Task ChooseAsync(int? from, int? to)
    {
        (_from, _to) = (from, to);
        try
        {
            await CompareAsync(Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
    }

    static int? NumberOf(ChangeEventArgs e) =>
        int.TryParse((string?)e.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    async Task LookAsync(View view)
    {
        if (!await FlushAsync())
            return;
        (_view, _said, _refused, _name) = (view, null, null, _draft.Name);
        _wasRun |= view == View.run;
        _turn++;
        await CompareAsync(Gone);
    }

    async Task ChooseAsync(string nodeId)
    {
        if (nodeId != _chosen && await FlushAsync())
            _chosen = nodeId;
    }

    /// <summary>Whether a person is asked before a node runs; null where nobody ever is.</summary>
    string? Asks(GraphNode node) => Blocks.Find(node.BlockId) switch
    {
        { AsksForAnAnswer: true } => _draft.HumanInTheLoopSafeMode ? Texts.MakeAsks : Texts.MakeAsksNot,
        { IsSensitiveAction: true } => _draft.SensitiveActionSafeMode ? Texts.MakeAsks : Texts.MakeAsksNot,
        _ => null,
    };

    async Task AddAsync()
    {
        if (Blocks.Find(_block) is not { } block || !await FlushAsync())
            return;
        (var draft, _chosen) = _draft.Add(block);
        _block = "";
        await ChangeAsync(draft);
    }

    async Task RenamedAsync((GraphDraft Draft, string NodeId) renamed)
    {
        _chosen = renamed.NodeId;
        await ChangeAsync(renamed.Draft);
    }

    async Task RemoveAsync(string nodeId)
    {
        await ChangeAsync(_draft.Remove(nodeId));
        _chosen = First;
    }

    /// <returns>False if it can't be taken over, which the page says.</returns>
    async Task<bool> TakeJsonAsync()
    {
        try
        {
            var typed = await _json!.ReadAsync(Gone);
            if (typed.Faults is [var fault, ..])
                throw new RefusedException(Refusal.Invalid, $"{fault.Path} {fault.Message}");
            if (typed.Touched)
                await ChangeAsync(GraphMaking.Read(typed.Text) with { Id = _draft.Id, Follows = _draft.Follows });
            (_chosen, _name, _view) = (First, _draft.Name, View.steps);
            _turn++;
            return true;
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
            return false;
        }
    }

    async Task GiveUpAsync()
    {
        _past.Clear();
        _outdated = null;
        await TurnAsync(_stored is null ? GraphMaking.Empty : GraphMaking.Of(_stored));
    }

    // What another window makes meanwhile of a graph of its own stays.
    async Task GiveUpKeptAsync()
    {
        try
        {
            await Unstored.KeepAsync(Caller, GraphId ?? "", 0, null, _kept, CancellationToken.None);
        }
        catch (RefusedException e) when (e.Refusal == Refusal.Conflict)
        {
        }
    }

    async Task StoreAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            if (!await FlushAsync() || _fault is not null)
                return;
            var sent = _draft;
            // What was asked for is carried out, also if the page is left at this moment.
            var stored = await Graphs.StoreAsync(Caller, sent, CancellationToken.None);
            if (GraphId is null)
            {
                await GiveUpKeptAsync();
                Nav.NavigateTo(GraphAddress.Of(stored.Id, "run"), replace: true);
                return;
            }
            Follow(stored);
            _outdated = null;
            _past.Clear();
            // What was changed while it was being stored is a change to what is stored.
            _draft = _draft == sent ? GraphMaking.Of(stored) : _draft with { Follows = stored.Version };
            await KeepAsync();
            await CompareAsync(Gone);
            _said = Say.With(Texts.GraphStored, stored.Name, stored.Version);
        }
        catch (RefusedException e) when (e.Refusal == Refusal.Conflict && GraphId is not null)
        {
            var newest = await Graphs.GetAsync(Caller, GraphId, null, Gone);
            Follow(newest);
            (_outdated, _draft) = (newest.Version, _draft with { Follows = newest.Version });
            await CompareAsync(Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
        finally
        {
            _busy = false;
        }
    }
}
