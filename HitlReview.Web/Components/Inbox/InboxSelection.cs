namespace HitlReview.Web.Components.Inbox;

/// <summary>The reviews that are selected for a decision on several.</summary>
public sealed class InboxSelection
{
    /// <summary>The most reviews that can be decided at once.</summary>
    public const int Most = 500;

    readonly Dictionary<string, InboxRow> _rows = new(StringComparer.Ordinal);

    /// <summary>What is typed to be said of all of them, also while they are not compared.</summary>
    public string Message { get; set; } = "";

    /// <summary>Those that are selected, by their ids.</summary>
    public IReadOnlyDictionary<string, InboxRow> Rows => _rows;

    /// <summary>True if no more can be selected.</summary>
    public bool IsFull => _rows.Count >= Most;

    /// <summary>True if the review is selected.</summary>
    public bool Has(string nodeExecId) => _rows.ContainsKey(nodeExecId);

    /// <summary>Selects a review, unless there are as many as can be.</summary>
    public void Add(InboxRow row)
    {
        if (!IsFull)
            _rows[row.Id] = row;
    }

    /// <summary>Selects all of these, or none if that would be more than can be.</summary>
    /// <returns>False if none was selected.</returns>
    public bool TryAddAll(IReadOnlyCollection<InboxRow> rows)
    {
        if (rows.Select(row => row.Id).Union(_rows.Keys).Count() > Most)
            return false;
        foreach (var row in rows)
            _rows[row.Id] = row;
        return true;
    }

    /// <summary>Takes a review out.</summary>
    public void Remove(string nodeExecId) => _rows.Remove(nodeExecId);

    /// <summary>Takes reviews out.</summary>
    public void Remove(Predicate<InboxRow> which)
    {
        foreach (var row in _rows.Values.Where(row => which(row)).ToList())
            _rows.Remove(row.Id);
    }

    /// <summary>Selects nothing.</summary>
    public void Clear() => _rows.Clear();
}
