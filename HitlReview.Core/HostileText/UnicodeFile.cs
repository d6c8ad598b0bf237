namespace HitlReview.Core.HostileText;

/// <summary>Reads the files in <c>Data</c>; its README says how they are written.</summary>
static class UnicodeFile
{
    /// <summary>Names and their code points.</summary>
    public static IEnumerable<KeyValuePair<string, CodePointSet>> Sets(string file)
    {
        foreach (var line in Lines(file))
        {
            List<int> firsts = [], lasts = [];
            var name = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            for (var at = name.Length; at < line.Length;)
            {
                at++;
                firsts.Add(Hex(line, ref at));
                lasts.Add(at < line.Length && line[at] == '-' ? Hex(line, ref at, 1) : firsts[^1]);
            }
            yield return new(name, new([.. firsts], [.. lasts]));
        }
    }

    /// <summary>Code points and what each maps to.</summary>
    public static Dictionary<int, string> Map(string file)
    {
        var map = new Dictionary<int, string>();
        foreach (var line in Lines(file))
        {
            var at = 0;
            for (var source = Hex(line, ref at); at < line.Length; source++)
            {
                var target = line[at + 1] == '-' ? "" : char.ConvertFromUtf32(Hex(line, ref at, 1));
                at += target.Length == 0 ? 2 : 0;
                while (at < line.Length && line[at] == '+')
                    target += char.ConvertFromUtf32(Hex(line, ref at, 1));
                map.Add(source, target);
            }
        }
        return map;
    }

    /// <summary>Code points and their names.</summary>
    public static Dictionary<int, string> Names(string file) =>
        Lines(file).Select(line => line.Split(' ', 2)).ToDictionary(words => Hex(words[0]), words => words[1]);

    /// <summary>Texts, each written as its code points.</summary>
    public static string[] Texts(string file) => [.. Lines(file).Select(line => CodePoints.ToText(line.Split(' ').Select(Hex)))];

    /// <summary>The lines of a file, without its remarks.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(typeof(UnicodeFile).Assembly.GetManifestResourceStream(typeof(UnicodeFile), $"Data.{file}")!);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#'))
                yield return line;
    }

    static int Hex(string text)
    {
        var at = 0;
        return Hex(text, ref at);
    }

    // By hand, because it runs some 15,000 times at the first look at a text, before anything is optimised.
    static int Hex(string line, ref int at, int skip = 0)
    {
        var value = 0;
        for (at += skip; at < line.Length && char.IsAsciiHexDigitUpper(line[at]); at++)
            value = value * 16 + line[at] - (line[at] <= '9' ? '0' : 'A' - 10);
        return value;
    }
}
