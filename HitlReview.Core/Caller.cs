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

    /// <summary>The assistant of a chat, in a turn of its own.</summary>
    Copilot,
}

/// <summary>The API key behind a call.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="May">What it may do.</param>
public sealed record CallerKey(string Id, string Name, KeyMay May);

/// <summary>
/// On whose behalf an operation runs. Every public operation on reviews and executions takes one; there is no ambient user. What a
/// caller may see and do is answered by <see cref="Access"/>.
/// </summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="IsAdmin">True if the user is an admin. What that is worth for a key, <see cref="Access"/> says.</param>
/// <param name="Surface">Where the request came in.</param>
public sealed record Caller(string UserId, bool IsAdmin, Surface Surface)
{
    /// <summary>Whoever may run the program on its database: an operator at the command line, who is no user.</summary>
    public static Caller Operator { get; } = new("", IsAdmin: false, Surface.Cli);

    /// <summary>The API key that calls; null for a person, and for the program itself.</summary>
    public CallerKey? Key { get; init; }

    /// <summary>The sign-in session behind a cookie; null for a key, and for the program itself.</summary>
    public string? SessionId { get; init; }
}
