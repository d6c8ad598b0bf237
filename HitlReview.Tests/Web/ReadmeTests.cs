using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web;

/// <summary>The README's five minutes, as a newcomer types them.</summary>
public sealed partial class ReadmeTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_five_minutes_to_the_first_gated_request_work_as_written()
    {
        await using var store = new SqliteStore();
        await store.CreateAsync(empty: true);
        await using var app = await ProcessApp.StartAsync(store);
        await MakeFirstAccountAsync(app);
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Ct);
        var section = readme[
            readme.IndexOf("## Five minutes", StringComparison.Ordinal)..readme.IndexOf("## Settings", StringComparison.Ordinal)];
        var blocks = ShellBlock().Matches(section).Select(m => m.Groups[1].Value).ToList();

        // The decision with curl stands in for the click, so it comes before the wait for it.
        string[] order = ["--name my-agent", "review/request", "review/action", "?wait=", "/consume", "user add"];
        Assert.Equal(order.Length, blocks.Count);
        var script = "set -e\n"
            + string.Join("\necho\n", order.Select(part => blocks.Single(b => b.Contains(part, StringComparison.Ordinal)))).Replace(
                "http://localhost:5000", app.Url, StringComparison.Ordinal);

        var answers = (await RunAsync(script, store)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{'))
            .Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("WAITING", (string?)answers[0]["status"]);
        Assert.Equal(1, (int?)answers[1]["approved_count"]);
        Assert.Equal(("APPROVED", "my-agent", "my-reviewer"),
            ((string?)answers[2]["status"], (string?)answers[2]["asked_by"], (string?)answers[2]["reviewed_with"]));
        Assert.Equal(["stop"], answers[0]["allowed_actions"]!.AsArray().Select(may => (string?)may));
        Assert.Equal("ada@example.com", (string?)answers[3]["payload"]!["to"]);
        Assert.Equal("Fine.", (string?)answers[3]["review_message"]);
    }

    /// <summary>What comes before the five minutes: the link on the console.</summary>
    static async Task MakeFirstAccountAsync(ProcessApp app)
    {
        var told = await app.WaitForLineAsync("There is no account yet.");
        var link = new Uri(told[told.IndexOf("http", StringComparison.Ordinal)..]).PathAndQuery;
        using var newcomer = app.NewVisitor();
        var made = await newcomer.SendFormAsync(link, "setup",
            ("Input.Token", link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("Input.Email", "me@example.com"),
            ("Input.Password", "a-long-Passphrase-1"));
        Assert.Equal("/", made.Location);
        Assert.Equal(200, (await newcomer.CallAsync("/api/admin/executions")).Status);
    }

    static async Task<string> RunAsync(string script, SqliteStore store)
    {
        using var bash = new Process
        {
            StartInfo = new("bash", ["-c", script])
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        bash.StartInfo.Environment["ConnectionStrings__HitlReview"] = store.ConnectionString;
        bash.Start();
        var output = bash.StandardOutput.ReadToEndAsync(Ct);
        var faults = bash.StandardError.ReadToEndAsync(Ct);
        await bash.WaitForExitAsync(Ct).WaitAsync(Recorded<string>.Patience, Ct);
        Assert.True(bash.ExitCode == 0, $"{await faults}\n{await output}");
        return await output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
