namespace HitlReview.Web.Components.Shared;

/// <summary>What <see cref="PayloadWarnings"/> and <see cref="Visible"/> say, as formats.</summary>
public static class PayloadWarningWords
{
    // Where: {0} is a path, {1} what is found there.
    public static string InValue => "The value of {0} contains {1}.";
    public static string InKey => "The key {0} contains {1}.";
    public static string InInstructions => "The agent's words contain {1}.";

    // What is found there.
    public static string HiddenCharacters => "hidden characters: {0}";
    public static string Reordering => "characters that make text read in another order: {0}";
    public static string Blanks => "{0:N0} blanks in a row, with more text after them";
    public static string Lines => "{0:N0} line breaks in a row, with more text after them";
    public static string StackedMarks => "piled-up or stray accents ({0:N0} in one place), which can cover text";
    public static string MixedScripts => "“{0}”, which mixes letters of {2} and looks like “{1}”";
    public static string MixedScriptsOnly => "“{0}”, which mixes letters of {2} that look alike";
    public static string MixedDigits => "“{0}”, which mixes digits of different writing systems";
    public static string HostOfMixedScripts => "the host “{0}”, which mixes letters of {2}";
    public static string HostLooksLikeAnother => "the host “{0}”, which has letters of {2} and looks like “{1}”";
    public static string EncodedHost => "the host “{0}”, which stands for “{1}”";
    public static string EncodedHostOfNothing => "the host “{0}”, which is in code but stands for no name";
    public static string OddHost => "the host “{0}”, which is written in an unusual way and goes to “{1}”";
    public static string NumericHost => "the host “{0}”, which is an unusual way to write the internet address {1}";
    public static string FakeDelimiter => "the host “{0}”, in which {2} only looks like “{1}”: the host goes on after it";
    public static string UserInfo => "an address that begins with “{0}” but goes to the host “{1}”";
    public static string Imitation => "“{0}”, which imitates a button, a notice or a verdict of HitlReview: it is only text, and nobody has confirmed it";

    // Whole sentences.
    public static string KeysAlike => "These keys look alike but are different: {0}.";
    public static string LongValue => "The value of {0} is {1:N0} characters long: look at all of it.";
    public static string LongKey => "The key {0} is {1:N0} characters long: look at all of it.";
    public static string LongInstructions => "The agent's words are {1:N0} characters long: look at all of them.";
    public static string DeepNesting => "The payload is nested {1:N0} levels deep, at {0}: look at all of it.";
    public static string MorePlaces => "And {0:N0} more places like these.";

    // Parts of the above.
    public static string AndMore => "{0} and {1:N0} more";
    public static string And => "{0} and {1}";

    // Marks that stand for what would push text out of sight.
    public static string BlanksMark => "⎵ {0:N0} blanks";
    public static string LinesMark => "⏎ {0:N0} line breaks";
    public static string MarksMark => "◌ {0:N0} accents";
}
