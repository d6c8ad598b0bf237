using System.Diagnostics;
using System.Reflection;

namespace HitlReview.Bench;

/// <summary>A server in a process of its own: the program as it is shipped, or the bare one.</summary>
sealed class Served : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    readonly Process _process;

    Served(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it serves.</summary>
    public Uri Address { get; }

    /// <summary>The number of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it occupies of the machine's memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the program on a SQLite file and waits until it serves.</summary>
    public static Task<Served> ProgramAsync(string file, params string[] arguments) =>
        StartAsync(Dll("HitlReview.Web"), Settings(file), ["--urls=http://127.0.0.1:0", .. arguments]);

    /// <summary>The same with a program that was published to a folder.</summary>
    public static Task<Served> PublishedAsync(string folder, string file) =>
        StartAsync(Path.Combine(folder, "HitlReview.Web.dll"), Settings(file), ["--urls=http://127.0.0.1:0"]);

    /// <summary>Starts the bare server on a SQLite file and waits until it serves.</summary>
    public static Task<Served> BareAsync(string file) =>
        StartAsync(Dll(Assembly.GetExecutingAssembly().GetName().Name!), [], [BareServer.Verb, file]);

    /// <summary>Runs a verb of the program's command line.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> VerbAsync(string file, string input, params string[] arguments)
    {
        using var process = Start(Dll("HitlReview.Web"), Settings(file), arguments);
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }

    static string Dll(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.dll");

    static (string, string)[] Settings(string file) =>
        [("ConnectionStrings__HitlReview", $"Data Source={file}"), ("Accounts__SignInsPerMinute", "1000")];

    static Process Start(string dll, (string Name, string Value)[] settings, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [dll, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    static async Task<Served> StartAsync(string dll, (string, string)[] settings, string[] arguments)
    {
        const string Listening = "Now listening on: ";
        var process = Start(dll, settings, arguments);
        var serving = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is { } at and >= 0)
                serving.TrySetResult(new(line.Data[(at + Listening.Length)..].Trim()));
        };
        process.BeginOutputReadLine();
        return new(process, await serving.Task.WaitAsync(Patience));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
