namespace HitlReview.Web.Components.Copilot;

/// <summary>The addresses of chats.</summary>
static class CopilotAddress
{
    /// <summary>All chats, and a new one.</summary>
    public const string Start = "/copilot";

    /// <summary>One chat.</summary>
    public static string Of(string sessionId) => $"{Start}/{Uri.EscapeDataString(sessionId)}";
}
