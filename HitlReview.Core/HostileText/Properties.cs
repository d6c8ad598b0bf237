using System.Globalization;

namespace HitlReview.Core.HostileText;

/// <summary>What Unicode says about single characters, as far as .NET doesn't know it.</summary>
static class Properties
{
    static readonly Dictionary<string, CodePointSet> Sets = new(UnicodeFile.Sets("properties.txt"), StringComparer.Ordinal);

    /// <summary>Characters that a screen shows nothing for.</summary>
    public static CodePointSet DefaultIgnorable { get; } = Sets["Default_Ignorable_Code_Point"];

    /// <summary>Characters that leave no mark although no property says so, such as the Braille blank.</summary>
    public static CodePointSet Blank { get; } = Sets["Blank"];

    /// <summary>Letters and signs of Hebrew, Arabic and other scripts that run from right to left.</summary>
    public static CodePointSet RightToLeft { get; } = Sets["Right_To_Left"];

    /// <summary>Format characters that do show: signs that span the digits after them.</summary>
    public static CodePointSet PrependedMark { get; } = Sets["Prepended_Concatenation_Mark"];

    public static CodePointSet Pictograph { get; } = Sets["Extended_Pictographic"];

    /// <summary>Chinese characters.</summary>
    public static CodePointSet Ideograph { get; } = Sets["Unified_Ideograph"];

    /// <summary>The skin tones.</summary>
    public static CodePointSet EmojiModifier { get; } = Sets["Emoji_Modifier"];

    /// <summary>Letters that are tied to the letter after them.</summary>
    public static CodePointSet JoinsNext { get; } = Sets["Joins_Next"];

    /// <summary>Letters that are tied to the letter before them.</summary>
    public static CodePointSet JoinsPrevious { get; } = Sets["Joins_Previous"];

    /// <summary>What a variation selector may follow; nothing for one that is in no standardised sequence.</summary>
    public static CodePointSet Before(int selector) =>
        selector is (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F)
            ? Sets.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"Before_{selector:X}"), CodePointSet.Empty)
            : CodePointSet.Empty;
}
