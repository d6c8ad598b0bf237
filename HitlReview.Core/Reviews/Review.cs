using System.Text;
using System.Text.Json.Serialization;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>Where a review stands.</summary>
public enum ReviewStatus
{
    /// <summary>Nobody has decided yet.</summary>
    WAITING,

    /// <summary>A person, or a standing approval, allowed the action.</summary>
    APPROVED,

    /// <summary>A person refused, or the execution was stopped first.</summary>
    REJECTED,
}

/// <summary>Who runs the action that a review is about.</summary>
public enum ReviewOrigin
{
    /// <summary>A node of a graph execution of this process.</summary>
    Graph,

    /// <summary>A tool call of a CoPilot session of this process.</summary>
    Copilot,

    /// <summary>A program outside, which consumes the answer over REST.</summary>
    Agent,
}

/// <summary>A review: the request that a person decides on one node execution, and what became of it.</summary>
public sealed class Review : IAsked
{
    /// <summary>The node execution it is about; with its user the key: two people's agents may both ask as <c>mail-1</c>.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>The owner: who may see and decide it.</summary>
    public required string UserId { get; init; }

    /// <summary>The graph execution or, for a chat, its synthetic id. Not a foreign key: outside agents bring their own ids.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>The graph, if the asker named one.</summary>
    public string? GraphId { get; init; }

    /// <summary>The version of the graph, if the asker named one.</summary>
    public int? GraphVersion { get; init; }

    /// <summary>The node; together with user and execution the scope of an auto-approval.</summary>
    public required string NodeId { get; init; }

    /// <summary>The block that will run; null where an outside agent asks.</summary>
    public string? BlockId { get; init; }

    /// <summary>Who runs the action.</summary>
    public required ReviewOrigin Origin { get; init; }

    /// <summary>
    /// The API key that asked, or that started its execution; null where a person did. Whoever calls with it never decides this review.
    /// </summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called when it asked: which agent asks. Hostile text.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The exact JSON text that runs if approved.</summary>
    public required string Payload { get; set; }

    /// <summary>SHA-256 of the UTF-8 bytes of <see cref="Payload"/>, lower-case hex.</summary>
    public required string PayloadHash { get; set; }

    /// <summary>What was asked for, set once a person has edited it.</summary>
    public string? OriginalPayload { get; set; }

    /// <summary>For a chat: a hash that is equal exactly where payloads are equal by value; finds the review of an equal call.</summary>
    public string? PayloadKey { get; init; }

    /// <summary>The asker's own words to the reviewer. Hostile text.</summary>
    public string? Instructions { get; init; }

    /// <summary>
    /// For a chat: what strangers have written that its assistant had read before it asked, a line each; null for nothing. It may be doing
    /// what stands there. Hostile text.
    /// </summary>
    public string? AfterReading { get; init; }

    /// <summary>
    /// How many things in it could fool a reader, as they were known when it was asked for; null where nobody has counted, which was so
    /// in older versions.
    /// </summary>
    public int? Warnings { get; init; }

    /// <summary>For a search: <see cref="Payload"/> as it reads, folded (<see cref="AsReadOf"/>); null where it says so itself.</summary>
    [JsonIgnore, NotRead]
    public string? AsRead { get; init; }

    /// <summary>For a search: <see cref="Instructions"/> folded; null where all its letters are of ASCII.</summary>
    [JsonIgnore, NotRead]
    public string? InstructionsAsRead { get; init; }

    /// <summary>True if the reviewer may change the payload.</summary>
    public required bool Editable { get; init; }

    /// <summary>Where it stands.</summary>
    public ReviewStatus Status { get; set; }

    /// <summary>The reviewer's words, trimmed; null where there were none.</summary>
    public string? ReviewMessage { get; set; }

    /// <summary>True if the approved payload differs by value from what was asked for.</summary>
    public bool WasEdited { get; set; }

    /// <summary>True once the decision has been used: claimed by its execution, consumed by its agent, or cancelled.</summary>
    public bool Processed { get; set; }

    /// <summary>True if a standing approval decided it, not a person looking at it.</summary>
    public bool AutoApproved { get; set; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary>The user id of the person who decided; null for a standing approval and a stop.</summary>
    public string? ReviewedBy { get; set; }

    /// <summary>The name of the API key that decided in that person's name; null where the person did it themselves.</summary>
    public string? ReviewedWith { get; set; }

    /// <summary>When its execution or agent took the decision up.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>What <see cref="AsRead"/> is to be: null where all letters are of ASCII and none is written as an escape of JSON.</summary>
    public static string? AsReadOf(JsonText payload) =>
        JsonText.AsRead(payload.Text) is { } read ? Folding.Of(StorableText.Of(read)) : FoldedOf(payload.Text);

    /// <summary>A text folded; null where all its letters are of ASCII.</summary>
    internal static string? FoldedOf(string text) => Ascii.IsValid(text) ? null : Folding.Of(text);
}
