using System.Data.Common;

namespace HitlReview.Core.Storage;

/// <summary>
/// The database could not be written to, whatever the fault of its connection or its driver is called: what was to be written may be
/// tried again.
/// </summary>
public sealed class StoreUnavailableException(Exception cause) : DbException(cause.Message, cause);
