namespace HitlReview.Core.Executions;

/// <summary>
/// Tells the engine that an execution has something to do. The database says what; being woken for nothing, or twice, does no harm.
/// </summary>
public interface IExecutionWaker
{
    /// <summary>Returns at once and never throws. Where it gets lost, recovery finds the execution QUEUED in the database.</summary>
    void Wake(string graphExecId);
}
