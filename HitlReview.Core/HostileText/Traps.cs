using System.Text;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.HostileText;

/// <summary>Finds what in a payload or in the agent's words could make a person approve something else than they read.</summary>
public static class Traps
{
    /// <summary>A value this long is told.</summary>
    public const int LongText = 20_000;

    /// <summary>Levels that are still read.</summary>
    public const int MaxLevels = 8;

    // In a short text three empty lines have no business; a long one may have them between its parts.
    const int ShortText = 400, BreaksInShort = 4;

    // Numbers of databases have 19 digits; those with so many zeros are nobody's.
    const int ManyDigits = 20, ManyZeros = 9, MaxPlain = 40;

    /// <summary>The traps in a payload, in the order in which it is read.</summary>
    /// <param name="payload">The payload.</param>
    public static IReadOnlyList<Trap> Find(JsonText payload) => Find(payload.Root);

    /// <inheritdoc cref="Find(JsonText)"/>
    public static IReadOnlyList<Trap> Find(JsonElement payload)
    {
        var found = new List<Trap>();
        var hosts = new Dictionary<string, Place>(StringComparer.Ordinal);
        var deepest = (At: default(Place)!, Level: 0);
        // Not by recursion: the payload decides how deep it is.
        var ahead = new Stack<(Place At, JsonElement Value, int Level)>([(new(null, "", 0), payload, 1)]);
        while (ahead.TryPop(out var next))
        {
            var (at, value, level) = next;
            var parts = new List<(Place At, JsonElement Value, int Level)>();
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && level > Math.Max(MaxLevels, deepest.Level))
                deepest = (at, level);
            if (value.ValueKind == JsonValueKind.Object)
            {
                parts.AddRange(value.EnumerateObject().Select(member => (new Place(at, member.Name, -1), member.Value, level + 1)));
                InKeys(at, [.. parts.Select(part => part.At)], found, hosts);
            }
            else if (value.ValueKind == JsonValueKind.Array)
                parts.AddRange(value.EnumerateArray().Select((item, i) => (new Place(at, "", i), item, level + 1)));
            else if (value.ValueKind == JsonValueKind.String)
                InText(value.GetString()!, TrapPlace.Value, at, found, hosts);
            else if (value.ValueKind == JsonValueKind.Number)
                InNumber(value.GetRawText(), at, found);
            for (var i = parts.Count - 1; i >= 0; i--)
                ahead.Push(parts[i]);
        }
        foreach (var alike in hosts.GroupBy(host => AsciiLookAlike.Of(host.Key), StringComparer.Ordinal))
            if (alike.Skip(1).Any())
                found.Add(new(TrapKind.HostsAlike, TrapPlace.Value, alike.First().Value.Path) { Names = [.. alike.Select(h => h.Key)] });
        if (deepest.Level > 0)
            found.Add(new(TrapKind.DeepNesting, TrapPlace.Value, deepest.At.Path, Count: deepest.Level));
        return found;
    }

    /// <summary>The traps in what an agent says about its request.</summary>
    /// <param name="instructions">The agent's words.</param>
    public static IReadOnlyList<Trap> Find(string instructions)
    {
        var found = new List<Trap>();
        InText(instructions, TrapPlace.Instructions, null, found, []);
        return found;
    }

    static void InNumber(string number, Place at, List<Trap> found)
    {
        var digits = number.Count(char.IsAsciiDigit);
        if (number.Length >= LongText)
            found.Add(new(TrapKind.LongValue, TrapPlace.Value, at.Path, Count: number.Length));
        else if (number.AsSpan().ContainsAny('e', 'E'))
            found.Add(Exponent(number, TrapPlace.Value, at));
        else if (digits >= ManyDigits || number.Contains(new string('0', ManyZeros), StringComparison.Ordinal))
            found.Add(new(
                TrapKind.LongNumber, TrapPlace.Value, at.Path, JsonDecimal.Read(number).ToGrouped(LongText) ?? number, Count: digits));
    }

    static Trap Exponent(string number, TrapPlace place, Place? at) =>
        new(TrapKind.ExponentNumber, place, PathOf(at), number, JsonDecimal.Read(number.TrimStart('+')).ToGrouped(MaxPlain) ?? "");

    static void InKeys(Place at, IReadOnlyList<Place> keys, List<Trap> found, Dictionary<string, Place> hosts)
    {
        foreach (var key in keys)
            InText(key.Key, TrapPlace.Key, key, found, hosts);
        if (keys.Count < 2)
            return;
        // With regard to case and without: a skeleton takes a capital I for a small L, which it isn't any more once all is small.
        var told = new HashSet<Place>();
        foreach (var skeletonOf in (Func<string, string>[])[key => Skeleton.Of(Idna.Map(key)), Skeleton.Of, AsciiLookAlike.Of])
            foreach (var alike in keys.GroupBy(key => skeletonOf(key.Key.Trim()), StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
                if (!alike.All(told.Contains))
                {
                    told.UnionWith(alike);
                    found.Add(new(TrapKind.KeysAlike, TrapPlace.Key, at.Path) { Names = [.. alike.Select(key => key.Path)] });
                }
    }

    static void InText(string text, TrapPlace place, Place? at, List<Trap> found, Dictionary<string, Place> hosts)
    {
        // The common case: nothing but ink and single blanks.
        if (!Ascii.IsValid(text) || text.AsSpan().ContainsAnyInRange('\0', '\b') || text.AsSpan().ContainsAnyInRange('\v', '\u001F')
            || text.Contains('\u007F', StringComparison.Ordinal)
            || text.Contains("    ", StringComparison.Ordinal) || text.Contains('\t', StringComparison.Ordinal)
            || text.AsSpan().Count('\n') >= BreaksInShort)
            InPieces(text, place, at, found);
        var told = new HashSet<(TrapKind, string)>();
        foreach (var trap in InAddresses(text, place, at, hosts).Concat(InWords(text, place, at)))
            if (told.Add((trap.Kind, trap.Shown)))
                found.Add(trap);
        if (Imitation.In(text, place == TrapPlace.Instructions) is { } words)
            found.Add(new(TrapKind.Imitation, place, PathOf(at), words));
        if (text.Length >= LongText)
            found.Add(new(TrapKind.LongValue, place, PathOf(at), Count: text.Length));
    }

    static IEnumerable<Trap> InWords(string text, TrapPlace place, Place? at)
    {
        foreach (var (word, name) in AsciiLookAlike.In(text))
            yield return new(TrapKind.LooksLikeName, place, PathOf(at), word, name);
        foreach (var number in Iban.WrongIn(text))
            yield return new(TrapKind.WrongIban, place, PathOf(at), number);
        if (Enclosed.Base64In(text) is { } enclosed)
            yield return new(TrapKind.Base64, place, PathOf(at), enclosed.Written, enclosed.Says);
        if (Filler.ApartIn(text) is { } apart)
            yield return new(TrapKind.Filler, place, PathOf(at), apart);
        foreach (var (written, read) in NumberText.WithLettersIn(text))
            yield return new(TrapKind.LettersInNumber, place, PathOf(at), written, read);
        // What follows is of no harm where a person or an agent speaks.
        if (place == TrapPlace.Instructions)
            yield break;
        if (Enclosed.IsJson(text))
            yield return new(TrapKind.JsonInText, place, PathOf(at));
        if (NumberText.HasExponent(text))
            yield return Exponent(text, place, at);
        if (NumberText.IsAmbiguous(text))
            yield return new(TrapKind.AmbiguousNumber, place, PathOf(at), text, text.Replace(".", "", StringComparison.Ordinal));
        if (EdgeBlanks(text) is > 0 and var blanks)
            yield return new(TrapKind.EdgeBlanks, place, PathOf(at), Count: blanks);
    }

    /// <summary>How many blanks stand at the ends; of several lines, which end as they like, none count.</summary>
    static int EdgeBlanks(string text) =>
        text.AsSpan().ContainsAny('\r', '\n') && !string.IsNullOrWhiteSpace(text) ? 0 : text.Length - text.AsSpan().Trim().Length;

    static void InPieces(string text, TrapPlace place, Place? at, List<Trap> found)
    {
        var (hidden, reordering, seen) = (new List<int>(), new List<int>(), new HashSet<int>());
        var hasRightToLeft = new Lazy<bool>(() => VisibleText.HasRightToLeft(text));
        var (blanks, lines, marks, end) = (0, 0, 0, 0);
        foreach (var piece in VisibleText.Split(text))
        {
            end += piece.Text.Length;
            switch (piece.Kind)
            {
                case PieceKind.Unseen:
                    Sort(piece.CodePoint);
                    break;
                case PieceKind.Blanks or PieceKind.Lines:
                    foreach (var codePoint in CodePoints.In(piece.Text).Where(Unseen.Is))
                        Sort(codePoint);
                    if (end < text.Length && piece.Kind == PieceKind.Blanks)
                        blanks = Math.Max(blanks, piece.Count);
                    else if (end < text.Length)
                        lines = Math.Max(lines, piece.Count);
                    break;
                case PieceKind.Marks:
                    marks = Math.Max(marks, piece.Count);
                    break;
            }
        }
        Add(TrapKind.HiddenCharacters, 0, hidden);
        Add(TrapKind.Reordering, 0, reordering);
        Add(TrapKind.Blanks, blanks, []);
        Add(TrapKind.Lines, lines > 0 || text.Length > ShortText ? lines : EmptyLines(text), []);
        Add(TrapKind.StackedMarks, marks, []);

        void Sort(int codePoint)
        {
            if (seen.Add(codePoint) && IsTrap(codePoint))
                (Unseen.Reorders(codePoint) ? reordering : hidden).Add(codePoint);
        }

        // Blanks of another width are ordinary in French, Russian or German, and marks of direction beside Hebrew and Arabic; in a key
        // nobody needs them.
        bool IsTrap(int codePoint) => place == TrapPlace.Key
            || !(codePoint > 0x7F && char.IsWhiteSpace((char)codePoint) && codePoint is not (0x85 or 0x2028 or 0x2029))
                && !(codePoint is 0x061C or 0x200E or 0x200F && hasRightToLeft.Value);

        void Add(TrapKind kind, int count, IReadOnlyList<int> codePoints)
        {
            if (count > 0 || codePoints.Count > 0)
                found.Add(new(kind, place, PathOf(at), Count: count) { CodePoints = codePoints });
        }
    }

    /// <summary>The most line breaks in a row, with text after them, of a short text; 0 if they are few.</summary>
    static int EmptyLines(string text)
    {
        var (most, breaks) = (0, 0);
        foreach (var c in text)
            if (!char.IsWhiteSpace(c))
                (most, breaks) = (Math.Max(most, breaks), 0);
            else if (c == '\n')
                breaks++;
        return most >= BreaksInShort ? most : 0;
    }

    static IEnumerable<Trap> InAddresses(string text, TrapPlace place, Place? at, Dictionary<string, Place> hosts)
    {
        var addresses = Address.In(text);
        if (at is not null)
            foreach (var address in addresses)
                if (!address.IsBare && Ascii.IsValid(address.Host))
                    hosts.TryAdd(address.Host.ToLowerInvariant(), at);
        var traps = addresses.SelectMany(address => InHost(address, place, at));
        return Ascii.IsValid(text) ? traps : traps.Concat(MixedWord.In(text).Where(word => !IsInHost(word)).Select(Mixed));

        Trap Mixed(MixedWord word)
        {
            var kind = word.Alike is null ? TrapKind.MixedDigits : TrapKind.MixedScripts;
            return new(kind, place, PathOf(at), word.Text, word.Alike ?? "") { Names = Scripts.In(word.Text) };
        }

        bool IsInHost(MixedWord word)
        {
            var (low, high) = (0, addresses.Count);
            while (low < high)
                if (addresses[(low + high) / 2] is var middle && middle.Start + middle.Host.Length <= word.Start)
                    low = (low + high) / 2 + 1;
                else
                    high = (low + high) / 2;
            return low < addresses.Count && addresses[low] is { IsBare: false } host && host.Start < word.Start + word.Text.Length;
        }
    }

    static IEnumerable<Trap> InHost(Address address, TrapPlace place, Place? at)
    {
        var host = HostName.Read(address.Host);
        var goesTo = host.Unicode;
        if (address.UserInfo is { } userInfo)
            yield return new(TrapKind.UserInfo, place, PathOf(at), userInfo, goesTo);
        var fake = CodePoints.In(host.Written).FirstOrDefault(codePoint => Address.ImitatedBy(codePoint) is not null);
        if (host.IsOddNumber)
            yield return new(TrapKind.NumericHost, place, PathOf(at), host.Written, goesTo);
        else if (fake > 0)
            yield return new(TrapKind.FakeDelimiter, place, PathOf(at), host.Written, $"{Address.ImitatedBy(fake)}")
            {
                CodePoints = [fake],
            };
        else if (host.IsOdd && !address.IsBare)
            yield return new(TrapKind.OddHost, place, PathOf(at), host.Written, goesTo);
        if (host.Labels.Any(Idna.IsEncoded))
            yield return new(
                TrapKind.EncodedHost, place, PathOf(at), host.Written,
                host.Labels.Where(Idna.IsEncoded).All(label => Idna.Decode(label) is not null) ? goesTo : "");
        var labels = goesTo.Split('.');
        if (!address.IsBare && labels.Any(label => !Scripts.AreUsual(label)))
            yield return new(TrapKind.HostOfMixedScripts, place, PathOf(at), goesTo) { Names = Scripts.In(goesTo) };
        else if (fake == 0 && labels.Any(label => Skeleton.InAscii(label) is not null) && !AreAtHome(labels))
        {
            var another = string.Join('.', labels.Select(label => Skeleton.InAscii(label) ?? label));
            var odd = string.Concat(labels.Where(label => !Ascii.IsValid(label)));
            yield return new(TrapKind.HostLooksLikeAnother, place, PathOf(at), goesTo, another) { Names = Scripts.In(odd) };
        }
        if (host.Written.Split('.').Any(HasOnlyAnI))
            yield return new(TrapKind.CapitalInHost, place, PathOf(at), host.Written, goesTo);
        if (PublicSuffixes.RegisteredFrom(goesTo) is var registered && BeginsLikeAnother(goesTo[..registered]))
            yield return new(TrapKind.HostBeginsLikeAnother, place, PathOf(at), goesTo, goesTo[registered..]);
    }

    /// <summary>True for <c>exampIe</c>; names in capitals and those that begin with one are written so by people.</summary>
    static bool HasOnlyAnI(string label) =>
        label.LastIndexOf('I') > 0 && label.AsSpan().ContainsAnyInRange('a', 'z')
        && label.All(c => c == 'I' || !char.IsAsciiLetterUpper(c));

    /// <summary>True for <c>paypal.com.</c> and the like before a registered name. Of other suffixes many are words of their own.</summary>
    static bool BeginsLikeAnother(string before) =>
        before.Split('.') is [_, .. var rest] && rest.Any(label => label is "com" or "net" or "org" or "gov" or "edu");

    /// <summary>True for names under a domain of their own script, which those read who read the script.</summary>
    static bool AreAtHome(string[] labels) =>
        !Ascii.IsValid(labels[^1]) && Scripts.Resolve(labels[^1]) is var script
            && labels.All(label => Ascii.IsValid(label) || Scripts.Resolve(label).Meets(script));

    static string PathOf(Place? at) => at?.Path ?? "";

    /// <summary>
    /// Where a part of a payload is. Its path is made when it is asked for: with long keys around many parts, all paths would take more
    /// room than the payload.
    /// </summary>
    sealed class Place(Place? parent, string key, int index)
    {
        public string Key => key;

        public string Path
        {
            get
            {
                var path = "";
                var at = this;
                for (; at.Parent is { } outer && path.Length <= JsonPath.MaxShown; at = outer)
                    path = (at.Index < 0 ? JsonPath.Member("", at.Key) : JsonPath.Item("", at.Index)) + path;
                return JsonPath.Shorten(at.Parent is null ? JsonPath.Root + path : path);
            }
        }

        Place? Parent => parent;

        int Index => index;
    }
}
