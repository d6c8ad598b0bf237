namespace HitlReview.Core.Copilot.Sessions;

/// <summary>A turn: the assistant answers what was said, or what has happened, in one or more rounds.</summary>
public sealed class CopilotTurn
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The chat.</summary>
    public required string SessionId { get; init; }

    /// <summary>The owner of the chat.</summary>
    public required string UserId { get; init; }

    /// <summary>Where it stands.</summary>
    public required TurnState State { get; set; }

    /// <summary>How often it was begun: again where its process had ended before it had said anything.</summary>
    public int Tries { get; set; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How many events it has.</summary>
    public int LastEvent { get; set; }
}

/// <summary>One event of a turn, in the form in which a client reads it.</summary>
public sealed class TurnEventRow
{
    /// <summary>The turn.</summary>
    public required string TurnId { get; init; }

    /// <summary>Its place in the turn, from 1.</summary>
    public required int Seq { get; init; }

    /// <summary>The event, as JSON of AG-UI.</summary>
    public required string Data { get; init; }
}
