using System.Globalization;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>Says where a text stops being JSON, as an editor counts.</summary>
public static class JsonFault
{
    /// <summary>The place, such as <c>line 3, column 7</c>, both from 1; a character outside of the first plane is one.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="fault">What a reader of it has thrown.</param>
    public static string Where(ReadOnlySpan<byte> utf8, JsonException fault)
    {
        var rest = utf8;
        for (var line = 0L; line < fault.LineNumber; line++)
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        var column = 1;
        foreach (var unit in rest[..(int)Math.Min(rest.Length, fault.BytePositionInLine ?? 0)])
            // What goes on with a character begins with these bits.
            if ((unit & 0b1100_0000) != 0b1000_0000)
                column++;
        return string.Create(CultureInfo.InvariantCulture, $"line {(fault.LineNumber ?? 0) + 1}, column {column}");
    }
}
