using System.Text;
using MimeKit;

namespace HitlReview.Core.Blocks.Smtp;

/// <summary>Text in the head of an e-mail, so that it arrives as exactly the text that was reviewed.</summary>
static class MailHeader
{
    const int MaxPlain = 60;
    const int MaxWord = 42; // bytes of a word, which base64 and its marks make 68 characters: with its name the line has fewer than 78

    /// <summary>
    /// True if the text holds the mark by which mail programs know an encoded word and show what it stands for in its place.
    /// </summary>
    public static bool MayBeRead(string text) => text.Contains("=?", StringComparison.Ordinal);

    /// <summary>The subject of a message.</summary>
    /// <param name="text">One line without control characters, and without space around it, which no mail program keeps.</param>
    public static Header Subject(string text)
    {
        var header = new Header(HeaderId.Subject, "");
        header.SetRawValue(Encoding.ASCII.GetBytes($" {(IsPlain(text) ? text : string.Join("\r\n ", Words(text)))}\r\n"));
        return header;
    }

    // Sent as it is only where nothing on the way or in a mail program could take it for anything else: what folds lines takes spaces
    // out, or puts some in.
    static bool IsPlain(string text) =>
        text.Length <= MaxPlain && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !MayBeRead(text)
        && !text.Contains("  ", StringComparison.Ordinal);

    /// <summary>Encoded words whose texts, put together, are the text. Whoever decodes them leaves out the space between two.</summary>
    static IEnumerable<string> Words(string text)
    {
        var word = new List<byte>(MaxWord);
        var bytes = new byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(bytes);
            if (word.Count + count > MaxWord)
            {
                yield return Encoded(word);
                word.Clear();
            }
            word.AddRange(bytes.AsSpan(0, count));
        }
        if (word.Count > 0)
            yield return Encoded(word);
    }

    static string Encoded(List<byte> word) => $"=?utf-8?B?{Convert.ToBase64String([.. word])}?=";
}
