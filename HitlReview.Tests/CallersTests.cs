using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>
/// Who may see what is said once, in Access.cs, as an expression for queries. A query of reviews, executions or what runs in them is made
/// with it, or stands here with the reason why nobody's eyes are behind it. Read from the sources: whoever adds a query decides this. The
/// statements in SQL, which move what was found, are not looked at.
/// </summary>
[Invariant(1)]
public sealed partial class CallersTests
{
    /// <summary>How many queries of a file ask without a caller, and why they may.</summary>
    static readonly Dictionary<string, (int Queries, string Why)> WithoutCaller = new()
    {
        ["Actions/ActionRun.cs"] = (1, "the node execution whose end it records"),
        ["Actions/ActionTables.cs"] = (1, "the table itself"),
        ["Actions/InFlight.cs"] = (2, "what ran when the process ended is settled for whoever it was"),
        ["Actions/NodeMoves.cs"] = (2, "a move of what its caller has found"),
        ["Actions/OutsideRuns.cs"] =
            (3, "a stop, of whose runs the one who stops was asked about; a request, whose execution must be nobody else's"),
        ["Actions/Settling.cs"] = (2, "a node that was looked up for its caller"),
        ["Actions/Stopping.cs"] = (1, "all of somebody who is disabled"),
        ["Copilot/Chat/ChatRuns.cs"] = (2, "an admin's cancel, which the grant of admins was asked for; the sweep's, over all users"),
        ["Copilot/Chat/ChatWork.cs"] = (1, "what is to be done in a chat, whoever's it is"),
        ["Copilot/Chat/HeldCalls.cs"] = (3, "what is to be done for the calls of all chats"),
        ["Copilot/Sessions/Chats.cs"] = (1, "how much was said in all of them, also in those that a key does not see"),
        ["Copilot/Sessions/CopilotSessions.cs"] = (1, "how many chats a person has, also those that a key doesn't see"),
        ["Copilot/Sessions/ChatTables.cs"] = (1, "the table itself"),
        ["Copilot/Sessions/Outcomes.cs"] = (1, "what runs in a chat that is stopped"),
        ["Copilot/Tools/CopilotTools.Running.cs"] =
            (2, "a chat's own, and the chat was looked up for its caller; whether the key asked is said in words"),
        ["Copilot/Tools/CopilotTools.cs"] = (1, "a chat's own, which was looked up for its caller"),
        ["Executions/Delivery.cs"] = (4, "the engine hands outputs on"),
        ["Executions/ExecutionEngine.cs"] = (11, "the engine runs what is there"),
        ["Executions/ExecutionMap.cs"] = (1, "an execution's nodes, after the execution was looked up for its caller"),
        ["Executions/ExecutionService.cs"] = (3,
            "an execution's nodes, after the execution was looked up for its caller; "
            + "how much a person runs, also what a key doesn't see"),
        ["Executions/ExecutionTables.cs"] = (1, "the table itself"),
        ["Executions/GraphRuns.cs"] = (7, "the engine's side of a run; an admin's cancel, which the grant of admins was asked for"),
        ["Executions/MissedChanges.cs"] = (3, "all of a user's, of which each client is then told what its key may see"),
        ["Executions/NodePart.cs"] = (2, "texts of nodes that its caller has found"),
        ["Executions/Recovery.cs"] = (5, "at the start whatever is unfinished goes on"),
        ["Executions/SettledGraphRuns.cs"] = (2, "the execution of a node that was looked up for its caller"),
        ["Executions/AdminExecutions.cs"] = (7, "for admins only, which is asked first"),
        ["Executions/Transitions.cs"] = (1, "a move of what its caller has found"),
        ["Reviews/ReviewFigures.cs"] = (2, "for admins only, which is asked first"),
        ["Reviews/ReviewMoves.cs"] = (2, "the sweep's, over all users"),
        ["Reviews/ReviewService.cs"] = (4, "compiled for one user, who is the caller; whose review an admin means"),
        ["Reviews/ReviewTables.cs"] = (1, "the table itself"),
    };

    [Fact]
    public void A_query_of_reviews_or_executions_is_made_for_a_caller_or_has_its_reason()
    {
        var found = Sources.Of("HitlReview.Core").Where(file => !file.Path.Contains("/Migrations/", StringComparison.Ordinal))
            .Select(file => (file.Path, Count: Queries(file.Text).Count(query => !ForCaller().IsMatch(query))))
            .Where(file => file.Count > 0)
            .ToDictionary(file => file.Path["HitlReview.Core/".Length..], file => file.Count);

        Assert.Equal(
            WithoutCaller.Select(file => $"{file.Key}: {file.Value.Queries}").Order(StringComparer.Ordinal),
            found.Select(file => $"{file.Key}: {file.Value}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(WithoutCaller.Values, file => file.Why.Length == 0);
    }

    [Fact]
    public void The_web_makes_no_query_of_its_own() =>
        Assert.Empty(Sources.Of("HitlReview.Web").Where(file => Queries(file.Text).Any()).Select(file => file.Path));

    [Theory]
    [InlineData("await db.Reviews.OwnOf(caller).CountAsync(ct);", 0)]
    [InlineData("await db.Reviews.Where(r => r.UserId == caller.UserId).CountAsync(ct);", 1)]
    [InlineData("from r in db.Set<Review>().VisibleTo(caller) select r; from n in tx.Db.NodeExecutions select n;", 1)]
    public void It_tells_one_from_the_other(string source, int without) =>
        Assert.Equal(without, Queries(source).Count(query => !ForCaller().IsMatch(query)));

    /// <summary>From where a table is named to the next one, or to the end of the statement.</summary>
    static IEnumerable<string> Queries(string source) =>
        from statement in Statement().Split(Comment().Replace(source, ""))
        let tables = Table().Matches(statement)
        from table in tables
        let end = tables.Select(other => other.Index).FirstOrDefault(at => at > table.Index, statement.Length)
        select statement[table.Index..end];

    [GeneratedRegex(@"\b(?:db|Db|any)\.(?:Reviews|GraphExecutions|NodeExecutions|CopilotSessions)\b|"
        + @"\bSet<(?:Review|GraphExecution|NodeExecution|CopilotSession)>\(\)")]
    private static partial Regex Table();

    [GeneratedRegex(@"\.(?:VisibleTo|OwnOf|ActedForBy)\(")]
    private static partial Regex ForCaller();

    [GeneratedRegex(@"//.*", RegexOptions.NonBacktracking)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[;{}]")]
    private static partial Regex Statement();
}
