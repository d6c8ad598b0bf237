#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// Makes the data files of this folder from the files of the Unicode Consortium; README.md says where those come from.
// Run in this folder: dotnet run make.cs -- UCD_FOLDER ICU_UNIDATA_FOLDER
using System.Globalization;
using System.Text;

var (ucd, icu) = (args[0], args[1]);
var decompositions = new SortedDictionary<int, int[]>();
var names = new Dictionary<int, string>();
var formats = new HashSet<int>();
foreach (var row in Rows(ucd, "UnicodeData.txt"))
{
    var code = Hex(row[0]);
    names[code] = row[1];
    if (row[2] is "Cf" or "Cc" or "Zs" or "Zl" or "Zp")
        formats.Add(code);
    if (row[5].Length > 0 && row[5][0] != '<')
        decompositions[code] = CodePoints(row[5]);
}

// Characters that leave no mark of their own although no property says so: Braille blank, null notehead, Khitan filler, the blanks
// of hieroglyphs, object replacement character.
int[] blanks = [0x2800, 0x1D159, 0x16FE4, 0x13441, 0x13442, 0xFFFC];

var properties = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal)
{
    ["Blank"] = [.. blanks],
    ["Emoji_Modifier"] = Property(Path.Combine("emoji", "emoji-data.txt"), "Emoji_Modifier"),
    ["Extended_Pictographic"] = Property(Path.Combine("emoji", "emoji-data.txt"), "Extended_Pictographic"),
    ["Prepended_Concatenation_Mark"] = Property("PropList.txt", "Prepended_Concatenation_Mark"),
    ["Default_Ignorable_Code_Point"] = Property("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point"),
    ["Unified_Ideograph"] = Property("PropList.txt", "Unified_Ideograph"),
    ["Right_To_Left"] = [
        .. Property(Path.Combine("extracted", "DerivedBidiClass.txt"), "R"),
        .. Property(Path.Combine("extracted", "DerivedBidiClass.txt"), "AL")],
    ["Joins_Next"] = [
        .. Property(Path.Combine("extracted", "DerivedJoiningType.txt"), "L"),
        .. Property(Path.Combine("extracted", "DerivedJoiningType.txt"), "D")],
    ["Joins_Previous"] = [
        .. Property(Path.Combine("extracted", "DerivedJoiningType.txt"), "R"),
        .. Property(Path.Combine("extracted", "DerivedJoiningType.txt"), "D")],
};
foreach (var file in (string[])["StandardizedVariants.txt", Path.Combine("emoji", "emoji-variation-sequences.txt")])
    foreach (var row in Rows(ucd, file))
        if (CodePoints(row[0]) is [var start, var selector])
            Add(properties, string.Create(CultureInfo.InvariantCulture, $"Before_{selector:X}"), start);

var mapped = new SortedDictionary<int, int[]>();
foreach (var line in File.ReadLines(Path.Combine(icu, "norm2", "uts46.txt")))
{
    if (line.StartsWith('#') || Bare(line).Split('>') is not [var range, var target])
        continue;
    foreach (var code in Range(range))
        mapped[code] = CodePoints(target);
}
// .NET knows by itself which letter is the small one of another.
var idna = new SortedDictionary<int, int[]>();
foreach (var (code, target) in mapped)
    if (target is not [0xFFFD] && !target.SequenceEqual([Rune.ToLowerInvariant(new(code)).Value])
        && !Whole(target).SequenceEqual(Whole([code])))
        idna[code] = target;

var confusables = new SortedDictionary<int, int[]>();
foreach (var row in Rows(icu, "confusables.txt"))
    confusables[Hex(row[0])] = CodePoints(row[1]);

var longNames = Rows(ucd, "PropertyValueAliases.txt").Where(row => row[0] == "sc").ToDictionary(row => row[1], row => row[2]);
var classes = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal);
foreach (var row in Rows(ucd, Path.Combine("extracted", "DerivedCombiningClass.txt")))
    if (row[1] != "0")
        foreach (var code in Range(row[0]))
            Add(classes, row[1], code);
var ofScript = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal);
foreach (var row in Rows(ucd, "Scripts.txt"))
    foreach (var code in Range(row[0]))
        Add(ofScript, row[1], code);
var extended = new SortedDictionary<string, SortedSet<int>>(StringComparer.Ordinal);
foreach (var row in Rows(ucd, "ScriptExtensions.txt"))
    foreach (var code in Range(row[0]))
        Add(extended, string.Join('+', row[1].Split(' ').Select(script => longNames[script])), code);

Write("properties.txt", properties.Select(Sets));
Write("scripts.txt", ofScript.Select(Sets));
Write("script-extensions.txt", extended.Select(Sets));
Write("combining-classes.txt", classes.Select(Sets));
Write("decompositions.txt", Runs(decompositions));
Write("confusables.txt", Runs(confusables));
Write("idna.txt", Runs(idna));
Write("names.txt", Names());
Write(
    "flags.txt",
    Rows(ucd, Path.Combine("emoji", "emoji-sequences.txt")).Where(row => row[1] == "RGI_Emoji_Tag_Sequence").Select(row => row[0]));

void Write(string file, IEnumerable<string> lines) =>
    File.WriteAllText(file, $"# Made by make.cs from Unicode 15.0.0; see README.md.\n{string.Concat(lines.Select(line => line + "\n"))}");

// A name and what it holds for, as ranges: "Latin 41-5A 61-7A AA".
string Sets(KeyValuePair<string, SortedSet<int>> set)
{
    var line = new StringBuilder(set.Key);
    int first = -2, last = -2;
    foreach (var code in set.Value.Append(int.MaxValue))
    {
        if (code == last + 1)
        {
            last = code;
            continue;
        }
        if (first >= 0)
            line.Append(CultureInfo.InvariantCulture, $" {first:X}").Append(
                last > first ? string.Create(CultureInfo.InvariantCulture, $"-{last:X}") : "");
        (first, last) = (code, code);
    }
    return line.ToString();
}

// A code point and what it and those after it map to: "C0 41+300 41+301". A dash is for nothing at all.
IEnumerable<string> Runs(SortedDictionary<int, int[]> map)
{
    var line = new StringBuilder();
    var next = -1;
    foreach (var (code, target) in map)
    {
        if (code != next)
        {
            if (line.Length > 0)
                yield return line.ToString();
            line.Clear().Append(CultureInfo.InvariantCulture, $"{code:X}");
        }
        line.Append(' ').Append(
            target.Length == 0 ? "-" : string.Join('+', target.Select(t => t.ToString("X", CultureInfo.InvariantCulture))));
        next = code + 1;
    }
    yield return line.ToString();
}

// The names of characters that have to be named to be seen. Tags, variation selectors and what has no name get theirs in code.
IEnumerable<string> Names()
{
    var aliases = new Dictionary<int, string>();
    foreach (var row in Rows(ucd, "NameAliases.txt"))
        if (row[2] is "control" or "figment" or "correction")
            aliases.TryAdd(Hex(row[0]), row[1]);
    var languages = longNames.Values.Select(name => name.Split('_')[0]).Append("Greek").ToHashSet(StringComparer.OrdinalIgnoreCase);
    languages.ExceptWith(["Common", "Inherited", "Unknown", "Old"]);
    foreach (var code in properties["Default_Ignorable_Code_Point"].Union(formats).Union(blanks).Order())
        if (code is not (>= 0xE0000 or (>= 0xFE00 and <= 0xFE0F) or ' ')
            && (aliases.GetValueOrDefault(code) ?? names.GetValueOrDefault(code)) is { } name && name[0] != '<')
            yield return string.Create(CultureInfo.InvariantCulture, $"{code:X} {string.Join(' ', name.Split(' ').Select(Spelled))}");

    string Spelled(string word) => languages.Contains(word) ? word[0] + word[1..].ToLowerInvariant() : word.ToLowerInvariant();
}

// What is left when a decomposition can be taken no further.
IEnumerable<int> Whole(IEnumerable<int> codes) =>
    codes.SelectMany(code => decompositions.TryGetValue(code, out var parts) ? Whole(parts) : [code]);

SortedSet<int> Property(string file, string name) => [.. Rows(ucd, file).Where(row => row[1] == name).SelectMany(row => Range(row[0]))];

static void Add(SortedDictionary<string, SortedSet<int>> sets, string name, int code)
{
    if (!sets.TryGetValue(name, out var set))
        sets[name] = set = [];
    set.Add(code);
}

static IEnumerable<string[]> Rows(string folder, string file) =>
    File.ReadLines(Path.Combine(folder, file)).Select(Bare).Where(line => line.Contains(';', StringComparison.Ordinal))
        .Select(line => line.Split(';', StringSplitOptions.TrimEntries));

static string Bare(string line) => line.Split('#')[0].TrimStart('\uFEFF').Trim();

static IEnumerable<int> Range(string range)
{
    var ends = range.Split("..", StringSplitOptions.TrimEntries);
    return Enumerable.Range(Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1);
}

static int[] CodePoints(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Hex)];

static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
