using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Http;
using HitlReview.Tests.Core.Blocks;
using HitlReview.Tests.Core.Blocks.Http;
using HitlReview.Tests.Support;
using HitlReview.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>What callers and servers far away can make the log say.</summary>
public sealed partial class PlainLogsTests : IDisposable
{
    readonly LogRecorder _recorder = new();
    readonly ServiceProvider _services;

    public PlainLogsTests()
    {
        var services = new ServiceCollection();
        services.AddPlainLogs();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_recorder));
        _services = services.BuildServiceProvider();
    }

    ILogger<PlainLogsTests> Log => _services.GetRequiredService<ILogger<PlainLogsTests>>();

    Logged Only => Assert.Single(_recorder.Entries);

    [Fact]
    public async Task A_server_that_answers_with_control_characters_does_not_write_to_the_terminal_of_whoever_reads_the_log()
    {
        await using var server = new RawServer(_ => "HTTP/1.1 200 OK\r\n\u001b]0;owned\u0007\u001b[2J\u009bX: y\r\n\r\n");
        var options = Options.Create(new HttpBlockOptions { AllowPrivateNetworks = true });
        var block = new HttpBlock(options, TimeProvider.System, _services.GetRequiredService<ILogger<HttpBlock>>());

        await Assert.ThrowsAsync<BlockFailedException>(() => block.RunAsync($$"""{"url":"{{server.Url}}"}"""));

        var text = $"{Only.Message}\n{Only.Exception}";
        Assert.Contains(@"\u001b]0;owned\u0007\u001b[2J", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
    }

    [Fact]
    public void What_is_in_a_message_starts_no_line_of_its_own()
    {
        AndSoOn(Log, "no\r\ncrit: HitlReview[0] all is lost\u2028\u202e\t\u007f");
        Assert.Equal(@"no\u000d\u000acrit: HitlReview[0] all is lost\u2028\u202e\u0009\u007f and so on", Only.Message);
    }

    [Fact]
    public void What_is_plain_stays_as_it_is()
    {
        var fault = new InvalidOperationException("Grüße, 😀,\ntwo lines");
        Twelve(Log, 12, fault);
        Assert.Equal("Zwölf 12", Only.Message);
        Assert.Same(fault, Only.Exception);
    }

    [Fact]
    public async Task The_whole_program_logs_in_this_way()
    {
        await using var store = new SqliteStore();
        await using var app = await TestApp.StartAsync(store);
        AndSoOn(app.Get<ILoggerFactory>().CreateLogger("HitlReview.Test"), "\u001b[31m");
        Assert.Equal(@"\u001b[31m and so on", app.Log.Entries.Single(entry => entry.Category == "HitlReview.Test").Message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} and so on")]
    static partial void AndSoOn(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Zwölf {Count}")]
    static partial void Twelve(ILogger log, int count, Exception cause);

    public void Dispose() => _services.Dispose();
}
