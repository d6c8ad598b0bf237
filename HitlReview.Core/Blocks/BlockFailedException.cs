namespace HitlReview.Core.Blocks;

/// <summary>A block could not do its work. The message is what the node execution's error says to its user.</summary>
/// <param name="message">Why, and for a sensitive block whether the effect may have happened.</param>
/// <param name="cause">What lay behind it.</param>
public sealed class BlockFailedException(string message, Exception? cause = null) : Exception(message, cause);
