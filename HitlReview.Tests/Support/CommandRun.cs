using System.Diagnostics;

namespace HitlReview.Tests.Support;

/// <summary>One run of the program from its start to its end, in a process of its own.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Out">What it printed.</param>
/// <param name="Error">What it printed on standard error.</param>
public sealed record CommandRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs the program to its end.</summary>
    /// <param name="store">The database that it is told to use; it may be open here.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="args">Its command line.</param>
    public static Task<CommandRun> OfAsync(TestStore store, string input, params ReadOnlySpan<string> args) =>
        OfAsync($"{store.Provider}", store.ConnectionString, input, args);

    /// <summary>Runs the program to its end.</summary>
    public static Task<CommandRun> OfAsync(string provider, string connectionString, string input, params ReadOnlySpan<string> args)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet",
        [
            "exec", "--depsfile", Path.Combine(folder, "HitlReview.Tests.deps.json"), "--runtimeconfig",
            Path.Combine(folder, "HitlReview.Tests.runtimeconfig.json"),
            Path.Combine(folder, "HitlReview.Web.dll"), .. args,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestFolder.NewFolder(),
        };
        start.Environment["Database__Provider"] = provider;
        start.Environment["ConnectionStrings__HitlReview"] = connectionString;
        return RunAsync(start, input);
    }

    static async Task<CommandRun> RunAsync(ProcessStartInfo start, string input)
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(ct).WaitAsync(Recorded<string>.Patience, ct);
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
