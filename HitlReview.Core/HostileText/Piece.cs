namespace HitlReview.Core.HostileText;

/// <summary>What a piece of a text is to the eye.</summary>
public enum PieceKind
{
    /// <summary>Shows as it is.</summary>
    Plain,

    /// <summary>
    /// The registered name of the host of a URL or of an e-mail address, which shows as it is: what tells whose it is.
    /// </summary>
    Host,

    /// <summary>Letters of another script than those beside them, which look like theirs.</summary>
    Alike,

    /// <summary>A character that has no ink, once or several times in a row.</summary>
    Unseen,

    /// <summary>So many blanks and tabs that what follows is out of sight, or blanks at an end of the text.</summary>
    Blanks,

    /// <summary>So many line breaks, perhaps with blanks between them, that what follows is out of sight.</summary>
    Lines,

    /// <summary>Combining marks that no letter carries: too many, one of them twice, or without a letter at all.</summary>
    Marks,
}

/// <summary>A piece of a text that is shown in one way.</summary>
/// <param name="Kind">What it is to the eye.</param>
/// <param name="Text">The piece itself, to the character.</param>
/// <param name="Count">How many characters, blanks, line breaks or marks it stands for.</param>
public readonly record struct Piece(PieceKind Kind, string Text, int Count)
{
    /// <summary>The first character.</summary>
    public int CodePoint => CodePoints.At(Text, 0);
}
