using System.Text;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Payload;
using HitlReview.Web.Wire;
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
    JsonText? _before; // what the difference of the versions is to
    PayloadEditor? _json;
    string? _chosen, _fault, _said, _refused;
    View _view = View.steps;
    int _turn; // counts what has changed under the form of a node, which is then drawn anew
    bool _busy;

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
        : !JsonText.SameValue(_draft.ToJson(), GraphMaking.Of(_stored).ToJson());

    protected override async Task LoadAsync(CancellationToken gone)
    {
        _stored = GraphId is null ? null : await Graphs.GetAsync(Caller, GraphId, null, gone);
        _draft = _stored is null ? GraphMaking.Empty : GraphMaking.Of(_stored);
        if (await Unstored.FindAsync(Caller, GraphId ?? "", gone) is { } kept && Read(kept.Text) is { } unstored)
            _draft = unstored;
        _chosen = First;
        if (Enum.TryParse<View>(Shown, out var view) && Views.Any(one => one.View == view))
            _view = view;
        await CheckAsync(gone);
        await CompareAsync(gone);
        await OnNamed.InvokeAsync(_draft.Name.Length > 0 ? Visible.Plain(_draft.Name, 60) : Texts.GraphNew);
    }

    // Nothing tells of graphs: they change by their owner's hand only.
    protected override Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone) => Task.FromResult(false);

    static GraphDraft? Read(string text)
    {
        try
        {
            return JsonBody.Parse<GraphDraftModel>(Encoding.UTF8.GetBytes(text)).ToDraft();
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
        try
        {
            await Unstored.KeepAsync(Caller, GraphId ?? "", IsChanged ? _draft.ToJson().Text : null, Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
    }

    async Task UndoAsync()
    {
        var draft = _past.Pop();
        _turn++;
        if (draft.Node(_chosen) is null)
            _chosen = draft.Definition.Nodes is [.., var last] ? last.Id : null;
        await ShowAsync(draft);
    }

    async Task CheckAsync(CancellationToken gone) => _fault = await Graphs.FaultAsync(_draft, gone);

    async Task CompareAsync(CancellationToken gone) => _before = _stored switch
    {
        null => null,
        _ when IsChanged => GraphMaking.Of(_stored).ToJson(),
        { Version: > 1 } => GraphMaking.Of(await Graphs.GetAsync(Caller, _stored.Id, _stored.Version - 1, gone)).ToJson(),
        _ => null,
    };

    async Task Look(View view)
    {
        (_view, _said, _refused) = (view, null, null);
        _turn++;
        await CompareAsync(Gone);
    }

    void Choose(string nodeId) => _chosen = nodeId;

    /// <summary>Whether a person is asked before a node runs; null where nobody ever is.</summary>
    string? Asks(GraphNode node) => Blocks.Find(node.BlockId) switch
    {
        { AsksForAnAnswer: true } => _draft.HumanInTheLoopSafeMode ? Texts.MakeAsks : Texts.MakeAsksNot,
        { IsSensitiveAction: true } => _draft.SensitiveActionSafeMode ? Texts.MakeAsks : Texts.MakeAsksNot,
        _ => null,
    };

    async Task AddAsync(ChangeEventArgs e)
    {
        if (Blocks.Find(e.Value as string) is not { } block)
            return;
        var (draft, nodeId) = _draft.Add(block);
        _chosen = nodeId;
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

    async Task TakeJsonAsync()
    {
        try
        {
            var typed = await _json!.ReadAsync(Gone);
            var draft = JsonBody.Parse<GraphDraftModel>(Encoding.UTF8.GetBytes(typed.Text)).ToDraft() with { Id = _draft.Id };
            await ChangeAsync(draft);
            await Look(View.steps);
            _chosen = First;
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
    }

    async Task GiveUpAsync()
    {
        _past.Clear();
        _turn++;
        await ShowAsync(_stored is null ? GraphMaking.Empty : GraphMaking.Of(_stored));
        _chosen = First;
    }

    async Task StoreAsync()
    {
        _busy = true;
        try
        {
            // What was asked for is carried out, also if the page is left at this moment.
            var stored = await Graphs.StoreAsync(Caller, _draft, CancellationToken.None);
            await Unstored.KeepAsync(Caller, GraphId ?? "", null, CancellationToken.None);
            _past.Clear();
            if (GraphId is null)
            {
                Nav.NavigateTo(GraphAddress.Of(stored.Id, "run"), replace: true);
                return;
            }
            (_stored, _draft) = (stored, GraphMaking.Of(stored));
            await CompareAsync(Gone);
            _said = Say.With(Texts.GraphStored, stored.Name, stored.Version);
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
