using System.CommandLine;
using HitlReview.Core;

namespace HitlReview.Web.Cli;

/// <summary>The program's verbs. Without one it serves.</summary>
static class CommandLine
{
    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="settings">Settings as given on the command line.</param>
    /// <param name="demo">True to fill the inbox for a newcomer.</param>
    /// <param name="ct">Stops serving.</param>
    public delegate Task Serve(string[] settings, bool demo, CancellationToken ct);

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code: 0, or 1 with the reason on standard error.</returns>
    public static Task<int> RunAsync(string[] args, Serve serve)
    {
        var demo = new Option<bool>("--demo")
        {
            Description = "Fill a database of its own with graphs and running executions, and print a link that signs in, once.",
        };
        var root = Root(demo);
        root.SetAction((parsed, ct) => Faults.TellAsync(async () =>
        {
            await serve(Settings(parsed), parsed.GetValue(demo), ct);
            return 0;
        }));

        var parsed = root.Parse(args, new() { ResponseFileTokenReplacer = null });
        var faults = string.Join(" ", parsed.Errors.Select(e => e.Message));
        return faults.Length > 0
            ? Faults.TellAsync(() => throw new RefusedException(Refusal.Invalid, $"{faults} --help shows how to use it."))
            // The host has its own way with Ctrl+C and SIGTERM, and lets requests finish.
            : parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>All that the program understands.</summary>
    internal static RootCommand Root(Option<bool> demo) => new(
        "HitlReview holds what agents want to do until a person has approved it. Settings may be given as --Name:Sub=value.")
    {
        Options = { demo },
        Subcommands = { UserVerb.Make(), KeyVerb.Make(), AuditVerb.Make() },
        TreatUnmatchedTokensAsErrors = false,
    };

    /// <summary>What isn't an option of ours is a setting: <c>--name=value</c> or <c>--name value</c>.</summary>
    /// <exception cref="RefusedException">Invalid: neither.</exception>
    internal static string[] Settings(ParseResult parsed)
    {
        var settings = parsed.UnmatchedTokens;
        for (var i = 0; i < settings.Count; i++)
        {
            if (!settings[i].StartsWith("--", StringComparison.Ordinal) || settings[i].Length == 2)
                throw new RefusedException(
                    Refusal.Invalid, $"'{settings[i]}' is neither a command nor a setting. --help lists the commands.");
            if (!settings[i].Contains('=') && ++i == settings.Count)
                throw new RefusedException(
                    Refusal.Invalid, $"'{settings[^1]}' is neither an option nor a setting with a value. --help lists the options.");
        }
        return [.. settings];
    }
}
