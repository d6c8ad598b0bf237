namespace HitlReview.Core.HostileText;

/// <summary>In which way a text can make a person approve something else than they read.</summary>
public enum TrapKind
{
    /// <summary>
    /// Characters that have no ink where they stand (Default_Ignorable_Code_Point, controls, private use). <see cref="Trap.CodePoints"/>:
    /// which.
    /// </summary>
    HiddenCharacters,

    /// <summary>
    /// Characters that show text in another order than machines read it (UAX 9; UTS 55). <see cref="Trap.CodePoints"/>: which.
    /// </summary>
    Reordering,

    /// <summary>Blanks with more text after them. <see cref="Trap.Count"/>: how many.</summary>
    Blanks,

    /// <summary>Line breaks with more text after them. <see cref="Trap.Count"/>: how many.</summary>
    Lines,

    /// <summary>Combining marks in a pile or without a letter (UTS 39, section 5.4). <see cref="Trap.Count"/>: how many.</summary>
    StackedMarks,

    /// <summary>
    /// A word of several scripts that reads as one of a single script (UTS 39, section 5.1). <see cref="Trap.Shown"/>: the word;
    /// <see cref="Trap.Real"/>: what it can be taken for, if known; <see cref="Trap.Names"/>: the scripts.
    /// </summary>
    MixedScripts,

    /// <summary>A number with digits of several writing systems (UTS 39, section 5.3). <see cref="Trap.Shown"/>: the number.</summary>
    MixedDigits,

    /// <summary>
    /// A host with a label of several scripts (below "highly restrictive", UTS 39, section 5.2). <see cref="Trap.Shown"/>: the host;
    /// <see cref="Trap.Names"/>: the scripts.
    /// </summary>
    HostOfMixedScripts,

    /// <summary>
    /// A host with a label that can be taken for one of ASCII (UTS 39, section 4). <see cref="Trap.Shown"/>: the host;
    /// <see cref="Trap.Real"/>: what it can be taken for; <see cref="Trap.Names"/>: its scripts.
    /// </summary>
    HostLooksLikeAnother,

    /// <summary>
    /// A host that begins as another one does, up to its end, and is none of it. <see cref="Trap.Shown"/>: the host;
    /// <see cref="Trap.Real"/>: whose it is.
    /// </summary>
    HostBeginsLikeAnother,

    /// <summary>
    /// A host in the code of the name system (RFC 3492). <see cref="Trap.Shown"/>: the host; <see cref="Trap.Real"/>: what it stands for,
    /// empty if for nothing.
    /// </summary>
    EncodedHost,

    /// <summary>
    /// A host with percent signs or with characters that browsers turn into others (UTS 46). <see cref="Trap.Shown"/>: the host;
    /// <see cref="Trap.Real"/>: where it goes.
    /// </summary>
    OddHost,

    /// <summary>
    /// An internet address as a single, octal or hexadecimal number (WHATWG URL, IPv4 parser). <see cref="Trap.Shown"/>: the host;
    /// <see cref="Trap.Real"/>: the address.
    /// </summary>
    NumericHost,

    /// <summary>
    /// A host with a sign that looks like the end of a host. <see cref="Trap.Shown"/>: the host; <see cref="Trap.Real"/>: the sign it looks
    /// like; <see cref="Trap.CodePoints"/>: the sign it is.
    /// </summary>
    FakeDelimiter,

    /// <summary>
    /// A host in small letters but for an I, which is drawn as a small L. <see cref="Trap.Shown"/>: the host; <see cref="Trap.Real"/>:
    /// where it goes.
    /// </summary>
    CapitalInHost,

    /// <summary>
    /// A URL or e-mail address that begins like another. <see cref="Trap.Shown"/>: its beginning; <see cref="Trap.Real"/>: the host that it
    /// goes to.
    /// </summary>
    UserInfo,

    /// <summary>
    /// Keys of one object that look the same (UTS 39, section 4, without regard to case). <see cref="Trap.Names"/>: their paths.
    /// </summary>
    KeysAlike,

    /// <summary>A value that nobody reads to its end by chance. <see cref="Trap.Count"/>: its characters.</summary>
    LongValue,

    /// <summary>Objects and lists in one another. <see cref="Trap.Path"/>: the deepest; <see cref="Trap.Count"/>: how deep.</summary>
    DeepNesting,

    /// <summary>Blanks at the beginning or the end, or nothing else. <see cref="Trap.Count"/>: how many.</summary>
    EdgeBlanks,

    /// <summary>
    /// A number with an exponent. <see cref="Trap.Shown"/>: as it is written; <see cref="Trap.Real"/>: without one, empty if that would be
    /// too long.
    /// </summary>
    ExponentNumber,

    /// <summary>
    /// A text that is a thousand to one reader and a single one to another. <see cref="Trap.Shown"/>: as it is written;
    /// <see cref="Trap.Real"/>: without its dot.
    /// </summary>
    AmbiguousNumber,

    /// <summary>
    /// A number with letters that look like digits. <see cref="Trap.Shown"/>: as it is written; <see cref="Trap.Real"/>: what it can be
    /// taken for.
    /// </summary>
    LettersInNumber,

    /// <summary>
    /// A number whose digits nobody counts. <see cref="Trap.Shown"/>: in groups of three; <see cref="Trap.Count"/>: how many.
    /// </summary>
    LongNumber,

    /// <summary>
    /// A word of ASCII that can be taken for a well-known name. <see cref="Trap.Shown"/>: the word; <see cref="Trap.Real"/>: the name.
    /// </summary>
    LooksLikeName,

    /// <summary>Hosts of one payload that can be taken for each other. <see cref="Trap.Names"/>: the hosts.</summary>
    HostsAlike,

    /// <summary>An account number whose check digits are wrong. <see cref="Trap.Shown"/>: the number.</summary>
    WrongIban,

    /// <summary>Text in base64. <see cref="Trap.Shown"/>: as it is written; <see cref="Trap.Real"/>: what it says.</summary>
    Base64,

    /// <summary>A text that is JSON itself, whose parts don't show as such.</summary>
    JsonInText,

    /// <summary>Long text that is mostly repeated. <see cref="Trap.Shown"/>: what stands apart in it.</summary>
    Filler,

    /// <summary>Words that imitate this page or the verdict of someone who has a say. <see cref="Trap.Shown"/>: the words.</summary>
    Imitation,
}

/// <summary>What a trap is in.</summary>
public enum TrapPlace
{
    /// <summary>A value of the payload.</summary>
    Value,

    /// <summary>A key of the payload, or several keys of one object.</summary>
    Key,

    /// <summary>The agent's words.</summary>
    Instructions,
}

/// <summary>
/// A place that can make a person approve something else than they read. Its texts are as hostile as what they come from.
/// </summary>
/// <param name="Kind">In which way.</param>
/// <param name="Place">What it is in.</param>
/// <param name="Path">Where in the payload: <c>$.to[0]</c>. Empty for the agent's words.</param>
/// <param name="Shown">What it looks like.</param>
/// <param name="Real">What it is.</param>
/// <param name="Count">How many or how long.</param>
public sealed record Trap(TrapKind Kind, TrapPlace Place, string Path, string Shown = "", string Real = "", int Count = 0)
{
    /// <summary>The different characters that make it a trap, in their order.</summary>
    public IReadOnlyList<int> CodePoints { get; init; } = [];

    /// <summary>The scripts or paths that make it a trap.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}
