using System.Text;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Showing;

/// <summary>What could fool a reader.</summary>
/// <param name="Text">The sentence that says so.</param>
/// <param name="Path">Where in the payload it is, as <see cref="JsonPath"/> writes it; null for none of its places.</param>
public sealed record Warning(string Text, string? Path);

/// <summary>
/// Says what in a payload or in the agent's words could make a person approve something else than they read: see <see cref="Traps"/>.
/// </summary>
public static class PayloadWarnings
{
    const int MaxPlaces = 20, MaxNamed = 5, MaxQuoted = 100;

    /// <summary>The warnings about a review; none for one that is what it looks like.</summary>
    /// <param name="payload">Its payload.</param>
    /// <param name="instructions">The agent's words, if any.</param>
    /// <param name="afterReading">What the assistant of a chat had read before, as <see cref="Reviews.Review.AfterReading"/>.</param>
    public static IReadOnlyList<Warning> For(JsonText payload, string? instructions, string? afterReading)
    {
        Trap[] found = [.. instructions is null ? [] : Traps.Find(instructions), .. Traps.Find(payload)];
        var warnings = found.Take(MaxPlaces)
            .Select(trap => new Warning(Worded(trap), trap.Place == TrapPlace.Instructions ? null : trap.Path)).ToList();
        if (found.Length > MaxPlaces)
            warnings.Add(new(Say.With(Words.WarnMorePlaces, Say.Number(found.Length - MaxPlaces)), null));
        if (afterReading is not null)
            warnings.Add(new(Say.With(Words.WarnAfterReading, List([.. afterReading.Split('\n').Select(Quoted)])), null));
        return warnings;
    }

    static string Worded(Trap trap) => trap.Kind switch
    {
        TrapKind.HostsAlike => Say.With(Words.WarnHostsAlike, List([.. trap.Names.Select(name => $"“{Quoted(name)}”")])),
        TrapKind.KeysAlike => Say.With(Words.WarnKeysAlike, List([.. trap.Names.Select(At)])),
        TrapKind.DeepNesting => Say.With(Words.WarnDeepNesting, At(trap.Path), Say.Number(trap.Count)),
        TrapKind.LongValue => trap.Place switch
        {
            TrapPlace.Key => Say.With(Words.WarnLongKey, At(trap.Path), Say.Number(trap.Count)),
            TrapPlace.Instructions => Say.With(Words.WarnLongInstructions, Say.Number(trap.Count)),
            _ => Say.With(Words.WarnLongValue, At(trap.Path), Say.Number(trap.Count)),
        },
        _ => trap.Place switch
        {
            TrapPlace.Key => Say.With(Words.WarnInKey, At(trap.Path), Found(trap)),
            TrapPlace.Instructions => Say.With(Words.WarnInInstructions, Found(trap)),
            _ => Say.With(Words.WarnInValue, At(trap.Path), Found(trap)),
        },
    };

    /// <summary>A place as the form names it, and not as a program does.</summary>
    static string At(string path) => path switch
    {
        "$" => Words.WarnPayload,
        ['$', '.', .. var members] => $"“{members}”",
        ['$', .. var items] => $"“{items}”",
        _ => path,
    };

    static string Found(Trap trap) => trap.Kind switch
    {
        TrapKind.HiddenCharacters => Say.With(Words.WarnHidden, Named(trap.CodePoints)),
        TrapKind.Reordering => Say.With(Words.WarnReordering, Named(trap.CodePoints)),
        TrapKind.Blanks => Say.With(Words.WarnBlanks, Say.Number(trap.Count)),
        TrapKind.Lines => Say.With(Words.WarnLines, Say.Number(trap.Count)),
        TrapKind.StackedMarks => Say.With(Words.WarnStackedMarks, Say.Number(trap.Count)),
        TrapKind.FakeDelimiter => Say.With(Words.WarnFakeDelimiter, Quoted(trap.Shown), trap.Real,
            $"{Unseen.Code(trap.CodePoints[0])} {char.ConvertFromUtf32(trap.CodePoints[0])}"),
        TrapKind.MixedScripts when trap.Real.Length > 0 =>
            Say.With(Words.WarnMixedScripts, Quoted(trap.Shown), Quoted(trap.Real), Scripts(trap)),
        TrapKind.MixedScripts => Say.With(Words.WarnMixedScriptsOnly, Quoted(trap.Shown), Scripts(trap)),
        TrapKind.MixedDigits => Say.With(Words.WarnMixedDigits, Quoted(trap.Shown)),
        TrapKind.HostOfMixedScripts => Say.With(Words.WarnHostOfMixedScripts, Quoted(trap.Shown), Scripts(trap)),
        TrapKind.HostLooksLikeAnother => Say.With(Words.WarnHostLooksLikeAnother, Quoted(trap.Shown), Quoted(trap.Real), Scripts(trap)),
        TrapKind.HostBeginsLikeAnother => Say.With(Words.WarnHostBeginsLikeAnother, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.EncodedHost when trap.Real.Length > 0 => Say.With(Words.WarnEncodedHost, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.EncodedHost => Say.With(Words.WarnEncodedHostOfNothing, Quoted(trap.Shown)),
        TrapKind.OddHost => Say.With(Words.WarnOddHost, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.NumericHost => Say.With(Words.WarnNumericHost, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.UserInfo => Say.With(Words.WarnUserInfo, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.EdgeBlanks => Say.Count(trap.Count, Words.WarnEdgeBlanks_One, Words.WarnEdgeBlanks_Many),
        TrapKind.ExponentNumber when trap.Real.Length > 0 => Say.With(Words.WarnExponent, Quoted(trap.Shown), trap.Real),
        TrapKind.ExponentNumber => Say.With(Words.WarnExponentLarge, Quoted(trap.Shown)),
        TrapKind.LongNumber => Say.With(Words.WarnLongNumber, Quoted(trap.Shown), Say.Number(trap.Count)),
        TrapKind.AmbiguousNumber => Say.With(Words.WarnAmbiguousNumber, trap.Shown, trap.Real),
        TrapKind.LettersInNumber => Say.With(Words.WarnLettersInNumber, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.CapitalInHost => Say.With(Words.WarnCapitalInHost, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.LooksLikeName => Say.With(Words.WarnLooksLikeName, Quoted(trap.Shown), trap.Real),
        TrapKind.WrongIban => Say.With(Words.WarnWrongIban, Quoted(trap.Shown)),
        TrapKind.Base64 => Say.With(Words.WarnBase64, Quoted(trap.Shown), Quoted(trap.Real)),
        TrapKind.JsonInText => Words.WarnJsonInText,
        TrapKind.Filler => Say.With(Words.WarnFiller, Quoted(trap.Shown)),
        TrapKind.Imitation => Say.With(Words.WarnImitation, Quoted(trap.Shown)),
        _ => throw new ArgumentOutOfRangeException(nameof(trap), trap.Kind, null),
    };

    static string Named(IReadOnlyList<int> codePoints) =>
        List([.. codePoints.Select(codePoint => $"{Unseen.Code(codePoint)} {Unseen.Name(codePoint)}")]);

    /// <summary>The scripts of a word, and by their codes those of its letters that are not on every keyboard.</summary>
    static string Scripts(Trap trap)
    {
        var letters = trap.Shown.EnumerateRunes().Where(rune => !rune.IsAscii && Rune.IsLetter(rune)).Distinct()
            .Select(rune => $"{Unseen.Code(rune.Value)} {Visible.Plain($"{rune}")}");
        var scripts = trap.Names.Count == 2 ? Say.With(Words.WarnListOfTwo, trap.Names[0], trap.Names[1]) : List(trap.Names);
        return Say.With(Words.WarnScripts, scripts, List([.. letters]));
    }

    static string List(IReadOnlyList<string> items) =>
        items.Count <= MaxNamed ? string.Join(", ", items)
            : Say.With(Words.WarnListAndMore, string.Join(", ", items.Take(MaxNamed)), Say.Number(items.Count - MaxNamed));

    /// <summary>A hostile text as a part of a sentence of ours.</summary>
    static string Quoted(string text) => Visible.Plain(text, MaxQuoted);
}
