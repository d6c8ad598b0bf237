using System.Diagnostics;

namespace HitlReview.Tests.Support;

/// <summary>What a command of the program printed and how it ended.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>The real program in a process of its own, which can be killed and started again on the same data.</summary>
public sealed class ProcessApp : IApp, IAsyncDisposable
{
    const int Killed = 128 + 9;
    readonly TestStore _store;
    readonly IReadOnlyDictionary<string, string> _settings;
    readonly Recorded<string> _output = new();
    Process? _process;

    readonly string[] _arguments;

    ProcessApp(TestStore store, IReadOnlyDictionary<string, string> settings, string[] arguments) =>
        (_store, _settings, _arguments) = (store, settings, arguments);

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    /// <inheritdoc/>
    public Uri Address => new(Url);

    /// <summary>What it has printed, over all its starts.</summary>
    public IReadOnlyList<string> Output => _output.All;

    /// <summary>Waits until it prints a line with this text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="times">How many such lines there must be, over all its starts.</param>
    /// <returns>The last of them.</returns>
    public async Task<string> WaitForLineAsync(string text, int times = 1) =>
        (await _output.WaitAsync(line => line.Contains(text, StringComparison.Ordinal), times, $"'{text}' printed"))[times - 1];

    /// <summary>Starts the program on a database with <see cref="Cast"/> in it, and waits until it serves.</summary>
    /// <param name="store">The database; it may be new or one that another process has left. It must not be open here.</param>
    /// <param name="crashAt">The event at which it dies, as <c>EventName</c> or <c>EventName:n</c>; null to live.</param>
    /// <param name="settings">More settings, as environment variables.</param>
    /// <param name="arguments">What stands on the command line.</param>
    public static async Task<ProcessApp> StartAsync(
        TestStore store, string? crashAt = null, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments)
    {
        if (store.ConnectionString == "")
            await store.CreateAsync();
        var app = new ProcessApp(store, settings ?? new Dictionary<string, string>(), arguments);
        await app.StartAsync(crashAt);
        return app;
    }

    /// <summary>Starts it again on the same data, after it has died or was killed.</summary>
    /// <param name="crashAt">As for the first start.</param>
    public async Task StartAsync(string? crashAt = null)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet",
        [
            "exec", "--depsfile", Path.Combine(folder, "HitlReview.Tests.deps.json"), "--runtimeconfig",
            Path.Combine(folder, "HitlReview.Tests.runtimeconfig.json"),
            Path.Combine(folder, "HitlReview.Web.dll"), "--urls", "http://127.0.0.1:0", .. _arguments,
        ])
        {
            RedirectStandardInput = true, // which ends with the tests; see CrashPoint
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestFolder.NewFolder(),
        };
        start.Environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "HitlReview.Tests";
        UseStore(start, _store);
        start.Environment["Blocks__Http__AllowPrivateNetworks"] = "true";
        start.Environment[CrashPoint.Variable] = crashAt ?? CrashPoint.Never;
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;

        var serving = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data, serving);
        _process.ErrorDataReceived += (_, line) => Read(line.Data, serving);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            // Which comes after the last that it printed, perhaps that it serves.
            var end = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Task.WhenAny(serving.Task, end).WaitAsync(Recorded<string>.Patience, TestContext.Current.CancellationToken);
            if (!serving.Task.IsCompleted)
                throw new InvalidOperationException($"The program ended before it served: {string.Join('\n', Output.TakeLast(20))}");
            Url = await serving.Task;
        }
        catch
        {
            await DisposeAsync(); // A test that never got it can't dispose it.
            throw;
        }
    }

    /// <summary>Asks it to end, as SIGTERM does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Kills it, as SIGKILL does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await WaitForDeathAsync();
    }

    /// <summary>Waits until it has died at its crash point.</summary>
    public async Task WaitForDeathAsync() => Assert.Equal(Killed, await WaitForEndAsync("reach its crash point"));

    /// <summary>Waits until it has ended by itself.</summary>
    /// <param name="what">What to say it did not do.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForEndAsync(string what)
    {
        try
        {
            await _process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
                Recorded<string>.Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The program did not {what}. It printed: {string.Join('\n', Output.TakeLast(20))}");
        }
        return _process.ExitCode;
    }

    /// <summary>Runs a command, or a start that is expected to fail, until it ends.</summary>
    /// <param name="store">The database.</param>
    /// <param name="arguments">Such as <c>audit verify</c>.</param>
    /// <param name="input">What it reads from standard input.</param>
    public static async Task<CommandResult> RunAsync(TestStore store, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "HitlReview.Web.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestFolder.NewFolder(),
        };
        UseStore(start, store);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Recorded<string>.Patience);
        }
        finally
        {
            process.Kill();
        }
        return new(process.ExitCode, await output, await error);
    }

    static void UseStore(ProcessStartInfo start, TestStore store)
    {
        start.Environment["Database__Provider"] = store.Provider.ToString();
        start.Environment["ConnectionStrings__HitlReview"] = store.ConnectionString;
    }

    void Read(string? line, TaskCompletionSource<string> serving)
    {
        const string Listening = "Now listening on: ";
        if (line is null)
            return;
        _output.Add(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
            serving.TrySetResult(line[(at + Listening.Length)..].Trim());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
