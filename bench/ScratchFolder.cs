namespace HitlReview.Bench;

/// <summary>
/// A place for the files of a run, gone afterwards. <c>BENCH_FOLDER</c> names another disk than that of the folder for temporary files.
/// </summary>
sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("BENCH_FOLDER") ?? System.IO.Path.GetTempPath(),
        $"hitlreview-bench-{Environment.ProcessId}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
