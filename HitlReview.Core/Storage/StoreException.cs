namespace HitlReview.Core.Storage;

/// <summary>
/// The database can't be used: a wrong setting, a read-only or locked file, a newer schema, a second process. The message says what to do
/// and is meant for the console.
/// </summary>
public sealed class StoreException(string message, Exception? cause = null) : Exception(message, cause);
