using HitlReview.Core;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Inbox;

/// <summary>
/// Decides on several reviews that were looked at side by side. What is decided on is what was selected when the table was opened and is
/// still selected: what somebody else has decided meanwhile drops out, and nothing comes in.
/// </summary>
public sealed partial class ComparePanel : IDisposable
{
    /// <summary>The longest payload that fits into a table, in characters.</summary>
    const int MaxLength = 20_000;

    const int FoldLength = 300;

    const string Words = ""; // beside the columns, whose paths are never empty

    readonly CancellationTokenSource _gone = new();
    readonly HashSet<(int Row, string Column)> _opened = [];
    readonly Dictionary<string, IReadOnlyList<Warning>> _warnings = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _placeOf = new(StringComparer.Ordinal);
    readonly Dictionary<string, (string Words, bool Refused)> _outcomes = new(StringComparer.Ordinal);
    IReadOnlyList<InboxRow> _rows = [];
    Comparison? _comparison;
    string? _refusal, _done;
    int _judged;
    bool _busy, _unread;

    [Inject]
    ReviewList List { get; set; } = null!;

    [Inject]
    ScheduledDecisions ScheduledDecisions { get; set; } = null!;

    /// <summary>The list.</summary>
    [Parameter, EditorRequired]
    public required InboxStore Store { get; set; }

    /// <summary>Who decides.</summary>
    [Parameter, EditorRequired]
    public required Caller Caller { get; set; }

    /// <summary>How long the decisions can be undone.</summary>
    [Parameter, EditorRequired]
    public required TimeSpan UndoWindow { get; set; }

    /// <summary>Told of those that a press here has decided.</summary>
    [Parameter]
    public EventCallback<IReadOnlyCollection<string>> OnDecided { get; set; }

    /// <summary>Back to the reviews.</summary>
    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>What a press here decides on.</summary>
    IReadOnlyList<InboxRow> Chosen => [.. _rows.Where(IsIn)];

    /// <summary>How many values are cut and were not opened.</summary>
    int Folded => _comparison is null ? 0
        : _comparison.Same.Count(same => IsFolded(-1, same.Path, same.Value))
            + _rows.Select((row, at) =>
                IsIn(row) ? _comparison.Rows[_placeOf[row.Id]].Count(value => IsFolded(at, value.Key, value.Value)) : 0).Sum();

    protected override async Task OnInitializedAsync()
    {
        _rows = [.. Store.Selection.Rows.Values];
        try
        {
            var payloads = await List.PayloadsAsync(Caller, [.. _rows.Select(row => row.Id)], MaxLength, _gone.Token);
            var compared = new List<JsonText>();
            foreach (var row in _rows)
            {
                if (!payloads.TryGetValue(row.Id, out var read))
                    continue;
                _placeOf[row.Id] = compared.Count;
                _hashes[row.Id] = read.Payload.Hash;
                _warnings[row.Id] = PayloadWarnings.For(read.Payload, read.Instructions, read.AfterReading);
                if (read.Instructions is { } words)
                    _words[row.Id] = words;
                compared.Add(read.Payload);
            }
            _comparison = Comparison.Of(compared);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
    }

    /// <summary>The agents' words, where all have the same; null where they have none, or different ones.</summary>
    string? SameWords => _words.Count == _placeOf.Count && _words.Values.Distinct(StringComparer.Ordinal).Take(2).ToList() is [var words]
        ? words : null;

    /// <summary>What the amounts of each column add up to, over what would be decided; none where nothing adds up.</summary>
    IReadOnlyDictionary<string, decimal> Sums
    {
        get
        {
            var sums = new Dictionary<string, decimal>(StringComparer.Ordinal);
            List<int> places = [.. Chosen.Select(row => _placeOf[row.Id])];
            foreach (var column in _comparison?.Columns ?? [])
                if (_comparison!.SumOf(column, places) is { } sum)
                    sums[column] = sum;
            return sums;
        }
    }

    bool IsIn(InboxRow row) => _placeOf.ContainsKey(row.Id) && Store.Selection.Has(row.Id);

    bool IsFolded(int row, string column, ComparedValue value) => value.Text.Length > FoldLength && !_opened.Contains((row, column));

    RenderFragment Outcome(InboxRow row) => builder =>
    {
        if (_outcomes.TryGetValue(row.Id, out var outcome))
            builder.AddContent(0, outcome.Refused ? Time.Within(outcome.Words) : content => content.AddContent(0, outcome.Words));
        else if (!_placeOf.ContainsKey(row.Id))
            builder.AddContent(1, Texts.CompareTooLarge);
        else if (!Store.Selection.Has(row.Id))
            builder.AddContent(2, Texts.CompareDroppedOut);
    };

    async Task DecideAsync(bool approved)
    {
        var chosen = Chosen;
        (_busy, _refusal, _judged) = (true, null, 0);
        try
        {
            var decisions = chosen
                .Select(row => new Decision(row.Id, approved) { Message = Store.Selection.Message, PayloadHash = _hashes[row.Id] })
                .ToList();
            // A press is carried out also if the page is left at that moment.
            var press = await ScheduledDecisions.DecideAsync(
                Caller,
                decisions,
                UndoWindow,
                CancellationToken.None,
                new Progress<int>(judged => InvokeAsync(() =>
                {
                    _judged = judged;
                    StateHasChanged();
                })));
            foreach (var row in chosen)
                _outcomes[row.Id] = press.Refused.TryGetValue(row.Id, out var why)
                    ? (why, true)
                    : (approved ? Texts.BulkApproved : Texts.BulkRejected, false);
            _done = Say.With(Texts.BulkDone, chosen.Count - press.Refused.Count, press.Refused.Count);
            Store.Selection.Message = "";
            await OnDecided.InvokeAsync([.. chosen.Select(row => row.Id).Where(id => !press.Refused.ContainsKey(id))]);
            if (press.Refused.Count == 0)
                await OnClose.InvokeAsync();
        }
        catch (RefusedException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            _busy = false;
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
