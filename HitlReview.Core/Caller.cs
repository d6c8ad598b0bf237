namespace HitlReview.Core;

/// <summary>The way a change came in; recorded with every audit event.</summary>
public enum Surface
{
    /// <summary>HitlReview itself: the engine, recovery, time limits.</summary>
    Engine,

    /// <summary>The web pages.</summary>
    Ui,

    /// <summary>The REST API.</summary>
    Rest,

    /// <summary>The command line of the Web program.</summary>
    Cli,
}

/// <summary>On whose behalf an operation runs. Every public operation on reviews and executions takes one; there is no ambient user.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="IsAdmin">True if the user may see and cancel the executions of all users.</param>
/// <param name="Surface">Where the request came in.</param>
public sealed record Caller(string UserId, bool IsAdmin, Surface Surface);
