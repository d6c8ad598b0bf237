using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace HitlReview.Bench;

/// <summary>
/// A thousand inboxes open at once, while others are asked and decide: how long until a new review is drawn in all of its person's, and
/// does anything grow?
/// </summary>
sealed class Crowd() : Question("crowd")
{
    const int People = 200, InboxesEach = 5, WaitingEach = 20, PerSecond = 50;
    const string Password = "a-long-Passphrase-1";

    static readonly TimeSpan s_warming = TimeSpan.FromMinutes(1);
    static readonly TimeSpan s_length = TimeSpan.FromMinutes(
        int.Parse(Environment.GetEnvironmentVariable("BENCH_CROWD_MINUTES") ?? "5", CultureInfo.InvariantCulture));

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "crowd.db");
        await Served.VerbAsync(file, Password, "user", "add", Email(0), "--role", "reviewer");
        var keys = Copy(
            file, await Served.VerbAsync(file, "", "key", "add", Email(0), "--name", "asks", "--may", "ask"),
            await Served.VerbAsync(file, "", "key", "add", Email(0), "--name", "decides", "--may", "decide"));
        await using var program = await Served.ProgramAsync(file);
        using var client = Rest.Client(program.Address);
        var inboxes = new List<OpenInbox>[People];
        // Not counted: what the first pages bring with them for all.
        inboxes[0] = await OpenAsync(program.Address, Email(0));
        await SettleAsync(program.ProcessId);
        var before = program.ResidentBytes;
        for (var i = 1; i < People; i++)
            inboxes[i] = await OpenAsync(program.Address, Email(i));
        await SettleAsync(program.ProcessId);
        var opened = program.ResidentBytes;
        var each = (opened - before) / 1e6 / ((People - 1) * InboxesEach);

        using var over = new CancellationTokenSource(s_warming + s_length);
        var others = Task.Run(() => OthersAsync(client, keys, over.Token));
        // Not counted: until the JIT compiler has settled, and what is drawn again and again has its room.
        await MeetAsync(s_warming);
        await SettleAsync(program.ProcessId);
        var warm = program.ResidentBytes;
        var took = await MeetAsync(s_length);
        await SettleAsync(program.ProcessId);
        var grown = (program.ResidentBytes - warm) / 1e6;
        await over.CancelAsync();
        var perSecond = await others / (s_warming + s_length).TotalSeconds;
        var p99 = Rounds.Percentile(took, 0.99);

        yield return new(
            $"from the POST to the drawing of the row in all {InboxesEach} inboxes of one person, of "
            + $"{Answer.Number(People * InboxesEach)} open ones, while {Answer.Number(perSecond, "0.#")} reviews a second are asked and "
            + $"decided by others, p99 (p50) of {took.Count}",
            $"{Answer.Number(p99)} ms ({Answer.Number(Rounds.Median(took))} ms)", null, $"{Answer.Number(p99)} ms",
            "< 250 ms", p99 < 250);
        yield return new(
            "memory of the program for each of them: working set", $"{Answer.Number(each, "F2")} MB", null,
            $"{Answer.Number(each, "F2")} MB", "< 1.5 MB", each < 1.5);
        yield return new(
            $"what {s_length.TotalMinutes:0} minutes of that add to the working set", $"{Answer.Number(grown)} MB", null,
            $"{Answer.Number(grown)} MB", "< 100 MB", grown < 100);
        foreach (var inbox in inboxes.SelectMany(of => of))
            await inbox.DisposeAsync();

        async Task<List<double>> MeetAsync(TimeSpan length)
        {
            var (took, unevenly, start) = (new List<double>(), new Random(1), Stopwatch.GetTimestamp()); // in step with no timer
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                var one = unevenly.Next(People);
                var trip = Trip.Next();
                foreach (var inbox in inboxes[one])
                    inbox.LookOutFor(trip.NodeExecId);
                var asked = Stopwatch.GetTimestamp();
                await Rest.AskAsync(client, keys[one].Asks, trip);
                foreach (var inbox in inboxes[one])
                    took.Add(Stopwatch.GetElapsedTime(asked, await inbox.DrawnAsync(trip.NodeExecId)).TotalMilliseconds);
                await Rest.ApproveAsync(client, keys[one].Decides, trip);
                await Task.Delay(TimeSpan.FromMilliseconds(250 + unevenly.Next(500)));
            }
            return took;
        }
    }

    /// <summary>The keys of one person's agents.</summary>
    sealed record Keys(string Asks, string Decides);

    static string Email(int i) => $"reviewer-{i}@example.com";

    /// <summary>Makes as many people of the one, each with keys of their own and with reviews that wait.</summary>
    static Keys[] Copy(string file, string asks, string decides)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        var first = Scalar("SELECT Id FROM AspNetUsers WHERE Email = $a", Email(0));
        var keys = new Keys[People];
        for (var i = 0; i < People; i++)
        {
            var id = i == 0 ? first : Guid.NewGuid().ToString();
            keys[i] = i == 0 ? new(asks, decides) : new(Of(asks, i), Of(decides, i));
            if (i > 0)
            {
                CopyRow("AspNetUsers", "Id", first, new()
                {
                    ["Id"] = id,
                    ["Email"] = Email(i),
                    ["UserName"] = Email(i),
                    ["NormalizedEmail"] = Email(i).ToUpperInvariant(),
                    ["NormalizedUserName"] = Email(i).ToUpperInvariant(),
                });
                CopyRow("AspNetUserRoles", "UserId", first, new() { ["UserId"] = id });
                foreach (var (of, own) in ((string, string)[])[(asks, keys[i].Asks), (decides, keys[i].Decides)])
                    CopyRow("api_keys", "hash", Hash(of), new()
                    {
                        ["id"] = Guid.NewGuid().ToString(),
                        ["user_id"] = id,
                        ["hash"] = Hash(own),
                    });
            }
            Waiting.Fill(connection, id, WaitingEach);
        }
        return keys;

        static string Of(string key, int i) => string.Create(CultureInfo.InvariantCulture, $"{key[..^4]}{i:D4}");

        static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

        string Scalar(string sql, string value)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$a", value);
            return (string)command.ExecuteScalar()!;
        }

        void CopyRow(string table, string by, string value, Dictionary<string, string> with)
        {
            using var columns = connection.CreateCommand();
            columns.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
            var names = new List<string>();
            using (var reader = columns.ExecuteReader())
                while (reader.Read())
                    names.Add(reader.GetString(0));
            using var copy = connection.CreateCommand();
            copy.CommandText = $"""
                INSERT INTO {table} ({string.Join(", ", names)})
                SELECT {string.Join(", ", names.Select(name => with.ContainsKey(name) ? $"${name}" : name))} FROM {table} WHERE {by} = $of
                """;
            copy.Parameters.AddWithValue("$of", value);
            foreach (var (name, text) in with)
                copy.Parameters.AddWithValue($"${name}", text);
            copy.ExecuteNonQuery();
        }
    }

    static async Task<List<OpenInbox>> OpenAsync(Uri address, string email)
    {
        var cookies = new CookieContainer();
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = address };
        using (var answer = await Rest.SignInAsync(browser, email, Password, CancellationToken.None))
            answer.EnsureSuccessStatusCode();
        var inboxes = new List<OpenInbox>();
        for (var i = 0; i < InboxesEach; i++)
            inboxes.Add(await OpenInbox.OpenAsync(browser, cookies));
        return inboxes;
    }

    /// <returns>How many were asked and decided.</returns>
    static async Task<int> OthersAsync(HttpClient client, Keys[] keys, CancellationToken over)
    {
        var unevenly = new Random(2);
        var under = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        while (!over.IsCancellationRequested)
        {
            under.Add(TripAsync(keys[unevenly.Next(keys.Length)]));
            under.RemoveAll(task => task.IsCompletedSuccessfully);
            count++;
            var due = TimeSpan.FromSeconds((double)count / PerSecond) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, CancellationToken.None);
        }
        await Task.WhenAll(under);
        return count;

        async Task TripAsync(Keys own)
        {
            var trip = Trip.Next();
            await Rest.AskAsync(client, own.Asks, trip);
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            await Rest.ApproveAsync(client, own.Decides, trip);
        }
    }

    static async Task SettleAsync(int processId)
    {
        await Task.Delay(TimeSpan.FromSeconds(3));
        await Collection.InduceAsync(processId);
        await Collection.InduceAsync(processId);
    }
}
