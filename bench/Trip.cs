using HitlReview.Core.Payloads;

namespace HitlReview.Bench;

/// <summary>What one gate round trip is about: a small e-mail, as an agent would ask to send it. Both sides make the same.</summary>
/// <param name="NodeExecId">A new one for each trip.</param>
/// <param name="GraphExecId">A new one for each trip.</param>
sealed record Trip(string NodeExecId, string GraphExecId)
{
    public const string NodeId = "send-mail";
    public const string UserId = "5b0c7a52-3a53-4c0f-9b53-6f4b8b1f0c11";

    public const string Payload = """
        {"to":["finance@example.com","board@example.com"],"subject":"Quarterly figures","body":"Please find the figures of the last quarter attached. Totals are before tax; the final report follows next week.","attachments":[{"name":"figures.csv","size":48211}],"priority":2,"amount":12345678901234567890}
        """;

    public static string PayloadHash { get; } = JsonText.Trusted(Payload).Hash;

    public static Trip Next() => new(Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
}
