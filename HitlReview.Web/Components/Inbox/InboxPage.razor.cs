using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Inbox;

/// <summary>The inbox, and a single review under its own address: the same page, so that going from one to the other keeps the list.</summary>
public sealed partial class InboxPage
{
    ElementReference _page;
    LastDecision? _last;
    string? _picked;
    bool _wide, _followsDecision;

    sealed record LastDecision(string NodeExecId, bool Approved, IReadOnlyList<SentencePart> Action);

    [Inject]
    InboxStore Store { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    [Inject]
    NavigationManager Nav { get; set; } = null!;

    /// <summary>The review in the address; null for the inbox itself.</summary>
    [Parameter]
    public string? NodeExecId { get; set; }

    /// <summary>The review in the address or, beside the list on a wide screen, the one that is next.</summary>
    string? OpenId => NodeExecId ?? (_wide ? _picked : null);

    string CountWords => (Loaded, Store.Total) switch
    {
        (false, _) => "",
        (_, null) => $"more than {ListPage<Review>.CountLimit:N0} waiting",
        (_, 0) => "nothing waiting",
        (_, var total) => $"{total:N0} waiting",
    };

    static string AddressOf(string nodeExecId) => $"/review/{Uri.EscapeDataString(nodeExecId)}";

    protected override async Task LoadAsync(CancellationToken gone)
    {
        await Store.LoadAsync(Caller, gone);
        Pick();
    }

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        var changed = false;
        foreach (var change in changes)
            changed |= await Store.ApplyAsync(Caller, change, gone);
        if (changed)
            Pick();
        return changed;
    }

    /// <summary>Opens the first review beside the list where none is open, or where the open one was decided here and nothing came after it.</summary>
    void Pick()
    {
        if (_picked is null || _picked == _last?.NodeExecId)
            (_picked, _followsDecision) = (Store.Rows.FirstOrDefault(row => row.Ended is null)?.NodeExecId ?? _picked, false);
    }

    async Task MoreAsync()
    {
        try
        {
            await Store.LoadMoreAsync(Caller, Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
    }

    void Rest(bool atRest) => Store.Rest(atRest);

    Task WideAsync(bool wide)
    {
        _wide = wide;
        return Task.CompletedTask;
    }

    Task GoOnAsync(Review decided)
    {
        _last = new(decided.NodeExecId, decided.Status == ReviewStatus.APPROVED, ActionSentence.Of(decided, Blocks.Find(decided.BlockId)));
        // With nothing left the decided one stays, and shows what becomes of it.
        if (Store.After(decided) is { } next)
        {
            (_picked, _followsDecision) = (next, true);
            if (NodeExecId is not null)
                Nav.NavigateTo(AddressOf(next), replace: true);
        }
        return Task.CompletedTask;
    }
}
