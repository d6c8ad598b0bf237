namespace HitlReview.Core.Storage;

/// <summary>
/// A number that is kept in a table, because finding it out anew takes too long. All that a batch adds to it is written once, before its
/// commit. Numbers that are equal are the same.
/// </summary>
public interface IKeptNumber
{
    /// <summary>Writes what a batch has added.</summary>
    /// <param name="tx">The transaction of the batch.</param>
    /// <param name="change">The sum of it, which may be nothing.</param>
    /// <param name="grew">True if something of it was more than nothing.</param>
    /// <param name="ct">Cancels the statements.</param>
    Task AddAsync(WriteTransaction tx, long change, bool grew, CancellationToken ct);
}
