using System.Text;

namespace HitlReview.Web.Components.Payload;

/// <summary>
/// Lays JSON out over lines. Only the white space between tokens changes: digits, escapes and key order stay as they are.
/// </summary>
public static class JsonLayout
{
    /// <summary>One member or item a line, two blanks a level; empty objects and arrays stay on their line.</summary>
    /// <param name="json">Valid JSON.</param>
    public static string Indent(string json)
    {
        var laid = new StringBuilder(json.Length * 5 / 4);
        var level = 0;
        for (var i = 0; i < json.Length; i++)
            switch (json[i])
            {
                case ' ' or '\t' or '\n' or '\r':
                    break;
                case '"':
                    var end = EndOfString(json, i);
                    laid.Append(json, i, end - i);
                    i = end - 1;
                    break;
                case '{' or '[' when Next(json, i + 1) is '}' or ']':
                    laid.Append(json[i]);
                    break;
                case '{' or '[':
                    laid.Append(json[i]);
                    Line(++level);
                    break;
                case '}' or ']':
                    if (laid[^1] is not ('{' or '['))
                        Line(--level);
                    laid.Append(json[i]);
                    break;
                case ',':
                    laid.Append(',');
                    Line(level);
                    break;
                case ':':
                    laid.Append(": ");
                    break;
                default:
                    laid.Append(json[i]);
                    break;
            }
        return laid.ToString();

        void Line(int depth) => laid.Append('\n').Append(' ', depth * 2);
    }

    static int EndOfString(string json, int start)
    {
        var i = start + 1;
        while (json[i] != '"')
            i += json[i] == '\\' ? 2 : 1;
        return i + 1;
    }

    static char Next(string json, int i)
    {
        while (json[i] is ' ' or '\t' or '\n' or '\r')
            i++;
        return json[i];
    }
}
