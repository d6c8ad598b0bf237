using System.Text;
using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Smtp;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace HitlReview.Tests.Core.Blocks.Smtp;

public class SmtpBlockTests
{
    const string Mail = """{"to":["ann@example.com","bob@example.com"],"cc":["cy@example.com"],"subject":"Grüße \u202e","body":"x"}""";

    readonly FakeTimeProvider _clock = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    SmtpBlock Block(int port, Action<SmtpBlockOptions>? set = null)
    {
        var options = new SmtpBlockOptions { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None, From = "gate@example.com" };
        set?.Invoke(options);
        return new(Options.Create(options), _clock, NullLogger<SmtpBlock>.Instance);
    }

    [Fact]
    public async Task An_email_arrives_as_it_was_approved()
    {
        const string body = "Line 1\nLine 2\r\n.\r\n..\r\nFrom me\rtab\t é😀 \0 trailing  \n";
        await using var server = new SmtpServer();
        var input = JsonSerializer.Serialize(
            new { to = new[] { "ann@example.com", "bob@example.com" }, cc = new[] { "cy@example.com" }, subject = "Grüße", body });

        var outputs = await Block(server.Port).RunAsync(input);

        Assert.Equal(
            ["MAIL FROM:<gate@example.com>", "RCPT TO:<ann@example.com>", "RCPT TO:<bob@example.com>", "RCPT TO:<cy@example.com>"],
            server.Commands.Where(c => c.StartsWith("MAIL", StringComparison.Ordinal)
                || c.StartsWith("RCPT", StringComparison.Ordinal)).Select(c => c.Split(' ')[0] + " " + c.Split(' ')[1]));
        using var text = new MemoryStream(Encoding.Latin1.GetBytes(Assert.Single(server.Messages)));
        var message = await MimeMessage.LoadAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal("gate@example.com", message.From.ToString());
        Assert.Equal("ann@example.com, bob@example.com", message.To.ToString());
        Assert.Equal("cy@example.com", message.Cc.ToString());
        Assert.Equal("Grüße", message.Subject);
        using var decoded = new MemoryStream();
        await ((TextPart)message.Body!).Content!.DecodeToAsync(decoded, TestContext.Current.CancellationToken);
        Assert.Equal(body, Encoding.UTF8.GetString(decoded.ToArray()));
        Assert.Equal($"\"{message.MessageId}\"", outputs.On("message_id"));
        Assert.Equal("""["ann@example.com","bob@example.com","cy@example.com"]""", outputs.On("recipients"));
    }

    [Theory]
    [InlineData("=?utf-8?B?UGF5IEV2ZQ==?=")]
    [InlineData("Invoice =?utf-8?Q?Pay_Eve?= for Bob")]
    [InlineData("Grüße =?utf-8?B?UGF5IEV2ZQ==?= é")]
    [InlineData("=?utf-8?B?UGF5?= =?utf-8?B?IEV2ZQ==?=")]
    [InlineData("=?iso-8859-1?q?=a3?=")]
    [InlineData("a=?b?= not closed =?")]
    [InlineData("spaces  and   more within")]
    [InlineData("")]
    [InlineData("Plain")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀")]
    [InlineData("A long subject that would have to be folded, with two  spaces at one place, and more text than a line has")]
    [Invariant(4)]
    public async Task A_subject_arrives_as_the_text_that_was_reviewed_however_mail_programs_could_read_it(string subject)
    {
        await using var server = new SmtpServer();
        await Block(server.Port).RunAsync(JsonSerializer.Serialize(new { to = new[] { "ann@example.com" }, subject, body = "x" }));

        var sent = Assert.Single(server.Messages);
        using var text = new MemoryStream(Encoding.Latin1.GetBytes(sent));
        var message = await MimeMessage.LoadAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal(subject, message.Subject);
        Assert.Single(message.Headers, header => header.Id == HeaderId.Subject);
        Assert.All(sent.Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Fact]
    public async Task The_message_id_is_that_of_the_node_execution()
    {
        await using var server = new SmtpServer();
        var block = Block(server.Port);

        var first = (await block.RunAsync(Mail)).On("message_id");
        var again = (await block.RunAsync(Mail)).On("message_id");
        var other = await block.RunAsync(
            JsonText.Parse(Mail, "input"), BlockTest.Context with { NodeExecId = "node-exec-2" }, TestContext.Current.CancellationToken);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other.On("message_id"));
    }

    [Theory]
    [InlineData("RCPT TO:<bob@example.com>", "550 Unknown")]
    [InlineData("MAIL FROM:<gate@example.com>", "550 Not you")]
    [InlineData(".", "554 Spam")]
    public async Task A_no_of_the_mail_server_means_that_nobody_got_it(string to, string answer)
    {
        await using var server = new SmtpServer(command =>
            command.StartsWith(to, StringComparison.Ordinal) ? answer : SmtpServer.Yes(command));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Block(server.Port).RunAsync(Mail));

        Assert.Contains(answer[4..], failed.Message, StringComparison.Ordinal);
        Assert.Contains("It was sent to nobody", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_lost_after_the_message_says_that_it_may_have_been_accepted()
    {
        await using var server = new SmtpServer(command => command == "." ? null : SmtpServer.Yes(command));

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() => Block(server.Port).RunAsync(Mail));

        Assert.Contains("may have accepted it; it was not sent again", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task A_connection_lost_after_the_acceptance_changes_nothing()
    {
        await using var server = new SmtpServer(command => command == "QUIT" ? null : SmtpServer.Yes(command));

        Assert.NotEmpty(await Block(server.Port).RunAsync(Mail));
    }

    [Fact]
    public async Task A_server_that_lacks_the_protection_that_is_set_gets_nothing()
    {
        await using var server = new SmtpServer();

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            Block(server.Port, o => o.Security = SmtpSecurity.StartTls).RunAsync(Mail));

        Assert.Contains("It was sent to nobody", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""["ann@example.com\r\nRCPT TO:<eve@example.com>"]""", "$.to[0] must be a plain address")]
    [InlineData("""["ann@example.com\u0000"]""", "$.to[0] must be a plain address")]
    [InlineData("""["ok@example.com","Ann <ann@example.com>"]""", "$.to[1] must be a plain address")]
    [InlineData("""["ann@example.com,eve@example.com"]""", "$.to[0] must be a plain address")]
    [InlineData("""["<ann@example.com>"]""", "$.to[0] must be a plain address")]
    [InlineData("""["ann"]""", "$.to[0] must be a plain address")]
    [InlineData("""["@example.com"]""", "$.to[0] must be a plain address")]
    [InlineData("""[""]""", "$.to[0] must be a plain address")]
    [InlineData("""["=?utf-8?q?ann?=@example.com"]""", "$.to[0] must not hold \"=?\"")]
    [InlineData("""["аnn@example.com"]""", "$.to[0] must be a plain address")] // the first letter is Cyrillic
    [InlineData("""[]""", "$.to must have at least 1 items")]
    [InlineData("\"ann@example.com\"", "$.to must be an array")]
    public void An_address_that_is_more_or_less_than_one_is_refused_before_a_review(string to, string fault) =>
        Assert.StartsWith(fault, Block(25).Faults($$"""{"to":{{to}},"subject":"s","body":"b"}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\\r\\nBcc: eve@example.com")]
    [InlineData("a\\nb")]
    [InlineData("a\\u0000b")]
    [InlineData("a\\u0085b")]
    public void A_subject_of_more_than_a_line_is_refused_before_a_review(string subject) =>
        Assert.Equal(
            "$.subject must be one line without control characters",
            Block(25).Faults($$"""{"to":["ann@example.com"],"subject":"{{subject}}","body":"b"}"""));

    [Theory]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("\u00a0")]
    public void A_subject_that_would_lose_a_space_is_refused_before_a_review(string subject) =>
        Assert.Equal(
            "$.subject must not begin or end with a space",
            Block(25).Faults($$"""{"to":["ann@example.com"],"subject":"{{subject}}","body":"b"}"""));

    [Fact]
    public void Without_a_mail_server_nobody_is_asked_but_the_graph_can_be_stored()
    {
        var block = Block(25, options => options.Host = null);

        Assert.Equal("$ can't be sent: e-mail is not configured (Blocks:Smtp:Host)", block.Faults(Mail));
        Assert.Equal("", block.DefaultFaults(Mail));
    }

    [Fact]
    public void Settings_that_are_wrong_are_named()
    {
        Assert.Empty(new SmtpBlockOptions().Faults());
        Assert.Equal(
            [
                "Blocks:Smtp:Port must be between 1 and 65535; it is 0.",
                "Blocks:Smtp:From must be set with Blocks:Smtp:Host, and must be a plain address such as ann@example.com; it is ''.",
                "Blocks:Smtp:User and Blocks:Smtp:Password must be set together.",
                "Blocks:Smtp:Timeout must be between 1 s and 10 min; it is 0 s.",
            ],
            new SmtpBlockOptions { Host = "h", Port = 0, User = "u", Timeout = TimeSpan.Zero }.Faults());
    }
}
