namespace HitlReview.Core.Executions;

/// <summary>Whatever runs actions outside a graph execution, and can be asked to cancel them.</summary>
public interface IRunningTurns
{
    /// <summary>Asks what runs for this synthetic execution to cancel. Returns at once and never throws.</summary>
    void Cancel(string graphExecId);
}
