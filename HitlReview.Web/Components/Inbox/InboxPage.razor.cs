using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Reviews;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Inbox;

/// <summary>
/// The inbox, and a single review under its own address: the same page, so that going from one to the other keeps the list. Which review
/// is current is the browser's business (js/inbox.js), so that moving waits for nobody; it says so here, and the cards around it are
/// drawn ahead.
/// </summary>
public sealed partial class InboxPage
{
    const int ReadAhead = 2;
    static readonly TimeSpan s_asideSaid = TimeSpan.FromSeconds(30);

    readonly List<RefusedDecision> _said = [];
    readonly InboxBridge _browser;
    ElementReference _page;
    Narrowing<InboxView> _narrowing = null!;
    InboxChoices _choices = InboxChoices.None;
    UserPreferences _preferences = new() { UserId = "" };
    IReadOnlyList<string> _reasons = [];
    IReadOnlyList<string> _cards = [];
    string? _current, _addressed;
    string? _cameFrom; // the review at which several were decided
    ReviewSummary? _unannounced; // the last that came in before the browser could be told of it
    string? _following; // the address that only follows where the reader already is
    int? _startsAt; // how far down the list the review of the address was, when the list was first read
    ITimer? _counting, _waking;
    (int Count, DateTimeOffset? Next) _snoozed;
    PutAside? _putAside; // while that is said
    readonly Turns _snoozing = new(); // so that what was read later isn't overwritten by what was read before
    bool? _isWide; // null until the browser has said so
    bool _countIsOld, _comparing, _opened;
    string _title = Texts.Inbox; // of the browser's tab; it follows the list

    /// <summary>A page that is there from now on.</summary>
    public InboxPage() => _browser = new(this);

    [Inject]
    InboxStore Store { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    [Inject]
    ScheduledDecisions ScheduledDecisions { get; set; } = null!;

    [Inject]
    Preferences PreferencesOf { get; set; } = null!;

    [Inject]
    Snoozes Snoozes { get; set; } = null!;

    [Inject]
    NavigationManager Nav { get; set; } = null!;

    [Inject]
    IJSRuntime Js { get; set; } = null!;

    [Inject]
    TimeProvider Clock { get; set; } = null!;

    /// <summary>The review in the address; null for the inbox itself.</summary>
    [Parameter]
    public string? NodeExecId { get; set; }

    /// <summary>
    /// Whether there is room beside the list; until it is known, so that the first review is there with the list, as on most screens.
    /// </summary>
    bool IsWide => _isWide ?? true;

    TimeSpan UndoWindow => TimeSpan.FromSeconds(_preferences.UndoSeconds);

    InboxView View => _narrowing.Asked;

    string CountWords => (Loaded, View.Filter.IsEmpty, View.Tab, Store.Total) switch
    {
        (false, _, _, _) => "",
        (_, false, _, var found) => Say.Count(found, Texts.FoundCount_One, Texts.FoundCount_Many),
        (_, _, ReviewTab.Waiting, 0) => Texts.NothingWaiting,
        (_, _, ReviewTab.Waiting, var waiting) => Say.Count(waiting, Texts.WaitingCount_One, Texts.WaitingCount_Many),
        (_, _, _, 0) => Texts.NothingDecided,
        (_, _, _, var decided) => Say.Count(decided, Texts.DecidedCount_One, Texts.DecidedCount_Many),
    };

    /// <summary>Nothing is open, or what is open was the last that waited.</summary>
    bool IsClear => Loaded && Problem is null && IsWide && (_cards.Count == 0 || (ShowsAllThatWaits && Store.Total == 0));

    bool ShowsAllThatWaits => View.Tab == ReviewTab.Waiting && View.Filter.IsEmpty;

    /// <inheritdoc/>
    public override Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        NodeExecId = InboxAddress.OpenId(new(Nav.Uri)) ?? NodeExecId;
        return base.SetParametersAsync(ParameterView.Empty);
    }

    protected override void OnInitialized()
    {
        _addressed = Nav.Uri;
        _narrowing = new(
            Clock,
            InboxAddress.Parse(new(Nav.Uri)),
            (view, typed) => view with { Filter = view.Filter with { Text = typed.Filter.Text } },
            (view, replaces) => Nav.NavigateTo(InboxAddress.Of(view), replace: replaces));
        Nav.LocationChanged += Follow;
        base.OnInitialized();
    }

    // Of an address that changes only behind the question mark, or from one list to the other, no parameter tells.
    void Follow(object? sender, LocationChangedEventArgs e)
    {
        if (InboxAddress.IsInbox(new(e.Location)))
            _ = InvokeAsync(async () =>
            {
                await FollowAsync();
                StateHasChanged();
            });
    }

    protected override Task OnParametersSetAsync()
    {
        if (Loaded)
            NameTab();
        return FollowAsync();
    }

    async Task FollowAsync()
    {
        if (_addressed == Nav.Uri || Gone.IsCancellationRequested)
            return;
        _addressed = Nav.Uri;
        var leads = Nav.Uri != _following;
        _following = null;
        _narrowing.Arrived(InboxAddress.Parse(new(Nav.Uri)));
        if (!Loaded)
            return;
        if (View != Store.View)
        {
            _comparing = false;
            await LoadViewAsync(Gone);
            if (NodeExecId is null && IsWide && (_current is null || !Store.Has(_current)))
                await ShowAsync(Store.First(), takesFocus: false);
        }
        // The address follows a reader who may have gone on meanwhile; only one that they went to leads.
        if (NodeExecId != _current && leads && (NodeExecId is not null || !IsWide))
        {
            await ShowAsync(NodeExecId);
            await SeekAsync();
        }
    }

    protected override async Task LoadAsync(CancellationToken gone)
    {
        await LoadPreferencesAsync(gone);
        await ReadSnoozedAsync(gone);
        await LoadViewAsync(gone);
        _current ??= NodeExecId;
        if (!_opened && NodeExecId is not null)
            _startsAt = await Store.SeekAsync(Caller, NodeExecId, gone);
        await BeginAsync();
        DrawCards();
    }

    async Task LoadPreferencesAsync(CancellationToken gone)
    {
        _preferences = await PreferencesOf.GetAsync(Caller, gone);
        _reasons = RejectReasons.Of(_preferences);
    }

    // What was put aside comes back at its time by itself.
    Task ReadSnoozedAsync(CancellationToken gone) => _snoozing.TakeAsync(async () =>
    {
        _snoozed = await Snoozes.OwnAsync(Caller, gone);
        // Not a moment too early, or it would be looked for in vain.
        WakeIn(_snoozed.Next is { } next
            ? TimeSpan.FromMilliseconds(Math.Max(0, (next - Clock.GetUtcNow()).TotalMilliseconds) + 10) : Timeout.InfiniteTimeSpan);
    });

    void WakeIn(TimeSpan time)
    {
        if (Gone.IsCancellationRequested)
            return;
        _waking ??= Clock.CreateTimer(_ => _ = InvokeAsync(WakeAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _waking.Change(time, Timeout.InfiniteTimeSpan);
    }

    async Task WakeAsync()
    {
        try
        {
            await ReadSnoozedAsync(Gone);
            await Store.RefreshAsync(Caller, Gone);
            await BeginAsync();
            DrawCards();
            StateHasChanged();
        }
        catch (Exception e)
        {
            Note(e);
            WakeIn(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Saves a view under its name, or forgets it. What was saved in another window meanwhile stays.</summary>
    /// <returns>False if it was refused, which the page says.</returns>
    async Task<bool> SaveViewAsync(SavedView view, bool isKept)
    {
        var wanted = await PreferencesOf.GetAsync(Caller, Gone);
        var others = SavedView.Of(wanted).Where(one => one.Name != view.Name);
        wanted.SavedViews = SavedView.Kept([.. others, .. isKept ? new[] { view } : []]);
        try
        {
            await PreferencesOf.SetAsync(Caller, wanted, Gone);
            _preferences = wanted;
            StateHasChanged();
            return true;
        }
        catch (RefusedException e)
        {
            SayOnce(e.Message);
            StateHasChanged();
            return false;
        }
    }

    async Task LoadViewAsync(CancellationToken gone)
    {
        // The reader may have gone on meanwhile.
        do
            await Store.LoadAsync(Caller, View, gone);
        while (Store.View != View);
        CountIn(TimeSpan.Zero);
    }

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        var changed = await Store.ApplyAsync(Caller, changes, gone);
        if (changes.Any(change => change is ReviewSnoozed || (_snoozed.Count > 0 && change is ReviewDecided or ReviewsCancelled)))
            await ReadSnoozedAsync(gone);
        if (_putAside is { } aside && changes.Any(change => EndsAside(change, aside.NodeExecId)))
        {
            _putAside = null;
            changed = true;
        }
        foreach (var change in changes)
            switch (change)
            {
                case DecisionTooLate late:
                    _said.Add(new(late.NodeExecId, Say.With(late.Approved ? Texts.ApprovedTooLate : Texts.RejectedTooLate, late.Why)));
                    break;
                case PreferencesChanged:
                    await LoadPreferencesAsync(gone);
                    await _browser.ConfigureAsync(News);
                    changed = true;
                    break;
                case ReviewCreated { Review: var created } when View.Tab == ReviewTab.Waiting:
                    await AnnounceAsync(created);
                    break;
            }
        if (!changed)
            return false;
        // A minute of many changes counts them a few times, not each time.
        if (changes.Any(change => change is ReviewCreated or ReviewDecided or ReviewsCancelled) && !_countIsOld)
        {
            _countIsOld = true;
            CountIn(TimeSpan.FromSeconds(2));
        }
        await BeginAsync();
        DrawCards();
        return true;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!Loaded || _opened || Problem is not null)
            return;
        _opened = true;
        var shown = _current;
        await _browser.OpenAsync(Js, $"./{Assets["js/inbox.js"]}", _page, News);
        // What was opened or came in meanwhile it can be told only now.
        if (_current != shown && _current is not null)
            await ShowAsync(_current, takesFocus: false);
        if (_unannounced is { } created)
            await AnnounceAsync(created);
    }

    /// <summary>Whether there is room beside the list.</summary>
    internal async Task WideAsync(bool wide)
    {
        // A phone shows the list first.
        if (_isWide is null && !wide)
            _current = NodeExecId;
        _isWide = wide;
        await BeginAsync();
        DrawCards();
        StateHasChanged();
    }

    /// <summary>The reader has moved to a review.</summary>
    internal void Moved(string nodeExecId)
    {
        _current = nodeExecId;
        DrawCards();
        StateHasChanged();
    }

    /// <summary>The reader has come to rest at a review: it goes into the address, to come back to.</summary>
    /// <returns>The address that it is, and the one that it follows if the browser is still there; null if it stays as it is.</returns>
    internal string[]? Rested(string nodeExecId)
    {
        if (nodeExecId != _current || NodeExecId == nodeExecId || !IsWide || Nav.Uri != _addressed)
            return null;
        _following = Nav.ToAbsoluteUri(InboxAddress.Of(View, nodeExecId)).ToString();
        return [Nav.Uri, _following];
    }

    /// <summary>The browser's tab names the review of the address, and how many wait: not with each move, but once at rest.</summary>
    void NameTab()
    {
        var open = NodeExecId is { } id ? Store.RowOf(id) : null;
        var name = open is not null ? Sentence.Plain(open.Action, 60) : View.Tab == ReviewTab.Decided ? Texts.Decided : Texts.Inbox;
        _title = ShowsAllThatWaits && Store.Total > 0 ? $"({Say.Number(Store.Total)}) {name}" : name;
    }

    /// <summary>The reader has scrolled the list.</summary>
    internal async Task ScrolledAsync(int top, int height)
    {
        await Store.ScrollAsync(Caller, top, height, Gone);
        DrawCards();
        StateHasChanged();
    }

    /// <summary>Whether the list may move.</summary>
    internal async Task AtRestAsync(bool atRest)
    {
        await Store.RestAsync(Caller, atRest, Gone);
        StateHasChanged();
    }

    /// <summary>The reader selects a review, or all from one to another.</summary>
    internal async Task SelectAsync(string nodeExecId, bool on, string? from)
    {
        if (from is not null && on && Store.Selection.Has(from))
            SayLeftOut(Store.SelectRange(from, nodeExecId));
        else
            Store.Select(nodeExecId, on);
        if (Store.Selection.IsFull)
            SayTooMany();
        StateHasChanged();
        // The tick was made in the browser, and is not there as far as the server knows.
        if (on && !Store.Selection.Has(nodeExecId))
            await _browser.UntickAsync(nodeExecId);
    }

    /// <summary>The reader selects nothing.</summary>
    internal void SelectedNone()
    {
        Store.Selection.Clear();
        StateHasChanged();
    }

    /// <summary>The reader leaves the comparison, with the selection as it is.</summary>
    internal void CompareEnd()
    {
        _comparing = false;
        StateHasChanged();
    }

    /// <summary>The reader goes to another address.</summary>
    internal void Go(string address) => Nav.NavigateTo(address);

    NewsOptions News => new(_preferences.Sounds, _preferences.Notifies);

    async Task AnnounceAsync(ReviewSummary created)
    {
        if (!_browser.IsOpen)
            _unannounced = created;
        else if (_preferences.Sounds || _preferences.Notifies)
            await _browser.AnnounceAsync(
                Say.Count(Store.Total, Texts.WaitingCount_One, Texts.WaitingCount_Many),
                Sentence.Plain(ActionSentence.Of(created, Blocks.Find(created.BlockId)), 100));
    }

    /// <summary>
    /// Draws the current review and, once it is there, those around it, so that they are there before anybody moves to them.
    /// </summary>
    void DrawCards() => _cards = _current is not { } current || (!IsWide && NodeExecId is null) ? []
        : [current, .. View.Tab == ReviewTab.Waiting && _isWide is not null ? Store.Around(current, ReadAhead, 1) : []];

    /// <summary>Where there is room and nothing is open, the first review is.</summary>
    async Task BeginAsync()
    {
        if (IsWide && _current is null && Store.First() is { } first)
            await ShowAsync(first, takesFocus: false);
    }

    /// <summary>Makes a review current, other than by the reader's own move.</summary>
    async Task ShowAsync(string? nodeExecId, bool takesFocus = true)
    {
        _current = nodeExecId;
        DrawCards();
        if (nodeExecId is not null)
            await _browser.ShowAsync(nodeExecId, takesFocus);
    }

    /// <summary>Brings the current review into sight in the list, however far down it is.</summary>
    async Task SeekAsync()
    {
        if (!IsWide || !_browser.IsOpen || _current is not { } current || await Store.SeekAsync(Caller, current, Gone) is not { } top)
            return;
        StateHasChanged();
        await _browser.SeekAsync(current, top);
    }

    async Task UndoAsync(string setId)
    {
        var withdrawn = await ScheduledDecisions.WithdrawAsync(Caller, setId, Gone);
        // Back to where the reader was when they pressed.
        if (withdrawn.Count > 0)
            await ComeBackAsync(_cameFrom is { } from && withdrawn.Contains(from) ? from : withdrawn[0]);
    }

    /// <summary>It is said where the review went, for as long as somebody looks there or until they do something else.</summary>
    void SayPutAside(PutAside aside)
    {
        _putAside = aside;
        _ = UnsayAsync();

        async Task UnsayAsync()
        {
            await Task.Delay(s_asideSaid, Clock, Gone)
                .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            if (_putAside != aside || Gone.IsCancellationRequested)
                return;
            _putAside = null;
            StateHasChanged();
        }
    }

    static bool EndsAside(Change change, string nodeExecId) => change switch
    {
        ReviewSnoozed { Until: null } back => back.NodeExecId == nodeExecId,
        ReviewDecided { Review: var decided } => decided.NodeExecId == nodeExecId,
        DecisionsScheduled => true,
        _ => false,
    };

    async Task BringBackAsync(string nodeExecId)
    {
        try
        {
            await Snoozes.EndAsync(Caller, nodeExecId, Gone);
            if (_putAside?.NodeExecId == nodeExecId)
                _putAside = null;
            await Store.RefreshAsync(Caller, Gone);
            await ComeBackAsync(nodeExecId);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            SayOnce(Words(e));
        }
    }

    async Task ComeBackAsync(string back)
    {
        // Where there is no room beside the list the address leads: what is read, its place in the list and where a reload comes to.
        if (!IsWide && NodeExecId != back)
            Go(InboxAddress.Of(View, back));
        else
            await ShowAsync(back);
        await SeekAsync();
    }

    /// <summary>A decision that had to be looked at before the reader could move on.</summary>
    Task AdvanceAsync(string nodeExecId) => _browser.AdvanceAsync(nodeExecId, []).AsTask();

    /// <summary>Several were decided at once: whoever was at one of them goes on to what is left.</summary>
    async Task BulkDecidedAsync(IReadOnlyCollection<string> decided)
    {
        if (_current is not { } current || !decided.Contains(current))
            return;
        _cameFrom = current;
        await _browser.AdvanceAsync(current, decided);
    }

    void Compare() => _comparing = Store.Selection.Rows.Count > 0;

    Task ToggleAsync(InboxGroup group) => Store.ToggleAsync(Caller, group, Gone);

    async Task SelectAllAsync(InboxGroup group)
    {
        if (await Store.SelectAllAsync(Caller, group, Gone) is { } leftOut)
            SayLeftOut(leftOut);
        else
            SayTooMany();
    }

    void SayTooMany() => SayOnce(Say.With(Texts.TooManySelected, InboxSelection.Most));

    void SayLeftOut(int leftOut)
    {
        if (leftOut > 0)
            SayOnce(Say.Count(leftOut, Texts.LeftOut_One, Texts.LeftOut_Many));
    }

    void SayOnce(string words)
    {
        var said = new RefusedDecision(null, words);
        _said.Remove(said);
        _said.Add(said);
    }

    Task ToTopAsync() => Store.ToTopAsync(Caller, Gone);

    Task MoreGroupsAsync() => Store.LoadMoreGroupsAsync(Caller, Gone);

    void CountIn(TimeSpan pause)
    {
        _counting ??= Clock.CreateTimer(_ => _ = InvokeAsync(CountAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _counting.Change(pause, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// What the list need not wait for. What it can be narrowed to, and how many are alike, looks at each review; and for a number in its
    /// tab a browser draws its whole frame anew.
    /// </summary>
    async Task CountAsync()
    {
        _countIsOld = false;
        NameTab();
        try
        {
            _choices = await Store.Reading.ChoicesAsync(Caller, View.Tab, Gone);
            if (View.Tab == ReviewTab.Waiting)
                await Store.Reading.LoadLikesAsync(Caller, Gone);
            StateHasChanged();
        }
        catch (Exception e)
        {
            // The list is there without it; the next change counts again.
            Note(e);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Nav.LocationChanged -= Follow;
        _browser.Close();
        // First: a browser that doesn't answer is waited for, and no timer is made any more.
        await base.DisposeAsync();
        foreach (var timer in new[] { _counting, _waking }.OfType<ITimer>())
            await timer.DisposeAsync();
        await _browser.DisposeAsync();
    }
}
