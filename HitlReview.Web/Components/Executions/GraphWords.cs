using System.Globalization;

namespace HitlReview.Web.Components.Executions;

/// <summary>The words of the graph of an execution and of what stands around a node of it.</summary>
public static class GraphWords
{
    public const string Title = "In its execution";
    public const string Graph = "Graph of the execution";
    public const string Nodes = "Nodes of the graph";
    public const string ThisOne = "this one";
    public const string Again = "this one, again";
    public const string LeadsTo = "Leads to";
    public const string NoBlock = "Block that is not installed";
    public const string More = "{0} not drawn: see the whole execution";
    public const string RanBefore = "Ran before";
    public const string NothingBefore = "Nothing ran before this.";
    public const string MoreBefore = "{0} more in the execution";
    public const string Times = "ran {0:N0} times; this is the latest";
    public const string Output = "Output";
    public const string Reading = "Reading…";
    public const string TooLarge = "The output has {0:N0} characters, too many to be shown here.";
    public const string SeeExecution = "It is in the execution";
    public const string OutputGone = "This output is no longer there.";
    public const string RunsAfter = "Runs after";
    public const string NothingAfter = "Nothing runs after this.";
    public const string MoreAfter = "{0} more in the execution";
    public const string TakesPins = "takes";
    public const string AlsoWaitsFor = "also waits for";
    public const string NotLoaded = "The execution around this could not be loaded.";

    /// <summary>A state in words.</summary>
    public static string Of(NodeState state) => state switch
    {
        NodeState.NotReached => "Not reached",
        NodeState.Incomplete => "Waiting for inputs",
        NodeState.Queued => "Queued",
        NodeState.Running => "Running",
        NodeState.Review => "In review",
        NodeState.Completed => "Completed",
        NodeState.Failed => "Failed",
        NodeState.Rejected => "Rejected",
        NodeState.Stopped => "Stopped",
        _ => "Outcome unknown",
    };

    /// <summary>A sentence with what belongs into it.</summary>
    public static string Format(string words, object value) => string.Format(CultureInfo.InvariantCulture, words, value);
}
