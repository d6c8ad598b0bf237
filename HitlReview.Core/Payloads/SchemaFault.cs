namespace HitlReview.Core.Payloads;

/// <summary>One way in which a payload differs from its schema.</summary>
/// <param name="Path">Where in the payload: <c>$</c> for the whole, <c>$.to[0]</c> for a part.</param>
/// <param name="Message">What is wrong there, to be read after the path: <c>must be a string</c>.</param>
public sealed record SchemaFault(string Path, string Message)
{
    /// <summary>Refuses a payload that has faults.</summary>
    /// <param name="field">What the payload is.</param>
    /// <param name="faults">The faults; none lets it pass.</param>
    /// <exception cref="RefusedException">Invalid: the message names each path, up to five.</exception>
    public static void Refuse(string field, IReadOnlyCollection<SchemaFault> faults)
    {
        if (faults.Count > 0)
            throw new RefusedException(Refusal.Invalid, $"{field}: {Describe(faults)}.");
    }

    /// <summary>The faults in one line, up to five of them.</summary>
    public static string Describe(IReadOnlyCollection<SchemaFault> faults) =>
        string.Join("; ", faults.Take(5).Select(f => $"{f.Path} {f.Message}")) + (faults.Count > 5 ? $"; and {faults.Count - 5} more" : "");
}
