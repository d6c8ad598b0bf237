using System.Globalization;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using Words = HitlReview.Web.Components.Shared.PayloadWarningWords;

namespace HitlReview.Web.Components.Shared;

/// <summary>Says what in a payload or in the agent's words could make a person approve something else than they read: see <see cref="Traps"/>.</summary>
public static class PayloadWarnings
{
    const int MaxPlaces = 20, MaxNamed = 5, MaxQuoted = 100;

    /// <summary>The warnings, each a sentence; none for a payload that is what it looks like.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="instructions">The agent's words, if any.</param>
    public static IReadOnlyList<string> For(JsonText payload, string? instructions)
    {
        Trap[] found = [.. instructions is null ? [] : Traps.Find(instructions), .. Traps.Find(payload)];
        return [.. found.Take(MaxPlaces).Select(Sentence), .. found.Length > MaxPlaces ? [Format(Words.MorePlaces, found.Length - MaxPlaces)] : (string[])[]];
    }

    static string Sentence(Trap trap) => trap.Kind switch
    {
        TrapKind.KeysAlike => Format(Words.KeysAlike, List(trap.Names, ", ")),
        TrapKind.DeepNesting => Format(Words.DeepNesting, trap.Path, trap.Count),
        TrapKind.LongValue => Format(Of(trap.Place, Words.LongValue, Words.LongKey, Words.LongInstructions), trap.Path, trap.Count),
        _ => Format(Of(trap.Place, Words.InValue, Words.InKey, Words.InInstructions), trap.Path, Found(trap)),
    };

    static string Of(TrapPlace place, string value, string key, string instructions) => place switch { TrapPlace.Key => key, TrapPlace.Instructions => instructions, _ => value };

    static string Found(Trap trap) => trap.Kind switch
    {
        TrapKind.HiddenCharacters => Format(Words.HiddenCharacters, Named(trap.CodePoints)),
        TrapKind.Reordering => Format(Words.Reordering, Named(trap.CodePoints)),
        TrapKind.Blanks => Format(Words.Blanks, trap.Count),
        TrapKind.Lines => Format(Words.Lines, trap.Count),
        TrapKind.StackedMarks => Format(Words.StackedMarks, trap.Count),
        TrapKind.FakeDelimiter => Format(Words.FakeDelimiter, Quoted(trap.Shown), trap.Real, $"{Unseen.Code(trap.CodePoints[0])} {char.ConvertFromUtf32(trap.CodePoints[0])}"),
        _ => Format(Pattern(trap), Quoted(trap.Shown), Quoted(trap.Real), Scripts(trap.Names)),
    };

    static string Pattern(Trap trap) => trap.Kind switch
    {
        TrapKind.MixedScripts => trap.Real.Length > 0 ? Words.MixedScripts : Words.MixedScriptsOnly,
        TrapKind.MixedDigits => Words.MixedDigits,
        TrapKind.HostOfMixedScripts => Words.HostOfMixedScripts,
        TrapKind.HostLooksLikeAnother => Words.HostLooksLikeAnother,
        TrapKind.EncodedHost => trap.Real.Length > 0 ? Words.EncodedHost : Words.EncodedHostOfNothing,
        TrapKind.OddHost => Words.OddHost,
        TrapKind.NumericHost => Words.NumericHost,
        TrapKind.UserInfo => Words.UserInfo,
        TrapKind.Imitation => Words.Imitation,
        _ => throw new ArgumentOutOfRangeException(nameof(trap), trap.Kind, null),
    };

    static string Named(IReadOnlyList<int> codePoints) => List([.. codePoints.Select(codePoint => $"{Unseen.Code(codePoint)} {Unseen.Name(codePoint)}")], ", ");

    static string Scripts(IReadOnlyList<string> names) => names.Count == 2 ? Format(Words.And, names[0], names[1]) : List(names, ", ");

    static string List(IReadOnlyList<string> items, string between) =>
        items.Count <= MaxNamed ? string.Join(between, items) : Format(Words.AndMore, string.Join(between, items.Take(MaxNamed)), items.Count - MaxNamed);

    /// <summary>A hostile text as a part of a sentence of ours: short, in one line, in its own direction, and with what hides in it by its code.</summary>
    static string Quoted(string text)
    {
        var start = PayloadView.Start(text, MaxQuoted);
        var shown = string.Concat(VisibleText.Split(start).Select(piece => piece.Kind switch
        {
            PieceKind.Plain or PieceKind.Host => piece.Text.ReplaceLineEndings(" "),
            PieceKind.Unseen => $"[{Unseen.Code(piece.CodePoint)}]",
            _ => " ",
        }));
        // U+2068 and U+2069 keep Hebrew and Arabic from reordering the sentence around them.
        return (VisibleText.HasRightToLeft(shown) ? $"\u2068{shown}\u2069" : shown) + (start.Length < text.Length ? "…" : "");
    }

    static string Format(string words, params object[] parts) => string.Format(CultureInfo.InvariantCulture, words, parts);
}
