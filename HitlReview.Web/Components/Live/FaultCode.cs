namespace HitlReview.Web.Components.Live;

/// <summary>
/// A fault of ours as a person can quote it: eight letters on the page, and the same in the log beside the cause, so that whoever runs the
/// program finds the one by the other.
/// </summary>
static partial class FaultCode
{
    const int Length = 8;

    /// <summary>Writes a fault into the log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="where">The page or the address.</param>
    /// <param name="cause">What was thrown; null where that isn't known.</param>
    /// <returns>Its code.</returns>
    public static string Report(ILogger log, string where, Exception? cause)
    {
        var code = Guid.NewGuid().ToString("N")[..Length];
        Failed(log, code, where, cause);
        return code;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Fault {Code} at {Where}")]
    static partial void Failed(ILogger log, string code, string where, Exception? cause);
}
