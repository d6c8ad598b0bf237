namespace HitlReview.Core.Storage;

/// <summary>What a piece of work has recorded.</summary>
public interface IRecord;

/// <summary>A place in what is recorded, and what stands there.</summary>
/// <param name="Seq">The place, from 1 without gaps.</param>
/// <param name="Hash">What can stand at that place once only.</param>
public sealed record RecordMark(long Seq, string Hash);

/// <summary>
/// Writes what is recorded, in the transaction of the work that records it, and tells of it once it is committed. The storage knows of
/// records no more than this.
/// </summary>
public interface IRecorder
{
    /// <summary>Writes the records of a batch at its end, each at its place.</summary>
    /// <param name="tx">The transaction of the batch.</param>
    /// <param name="records">
    /// In the order in which they were recorded. Where the batch is run again, this is called again, with what was recorded then.
    /// </param>
    /// <param name="ct">Cancels the statements.</param>
    Task AppendAsync(WriteTransaction tx, IEnumerable<IRecord> records, CancellationToken ct);

    /// <summary>Tells of the records of one piece of work, in commit order. Must be quick and may not throw.</summary>
    void Tell(IEnumerable<IRecord> records);

    /// <summary>Tells that records may stand of which nobody was told. Must be quick and may not throw.</summary>
    void TellGap();
}
