namespace HitlReview.Core.HostileText;

/// <summary>Text from outside on its way to the log.</summary>
public static class LogText
{
    /// <summary>The text on one line, with nothing in it that could look like another line or command a terminal.</summary>
    public static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '\ufffd' : c));
}
