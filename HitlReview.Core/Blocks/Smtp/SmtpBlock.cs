using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HitlReview.Core.Payloads;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Text;

namespace HitlReview.Core.Blocks.Smtp;

/// <summary>Sends one e-mail to all its recipients or to none.</summary>
public sealed partial class SmtpBlock(IOptions<SmtpBlockOptions> options, TimeProvider clock, ILogger<SmtpBlock> log) : Block(
    "4a9d2f68-81b7-4e35-bc10-7e5f3d9c6a82",
    "Send e-mail",
    "Sends a text e-mail by SMTP.",
    """
    {
      "type": "object",
      "properties": {
        "to": { "title": "To", "description": "The addresses of the recipients.",
          "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 100 },
        "cc": { "title": "Cc", "description": "The addresses of those who get a copy.",
          "type": "array", "items": { "type": "string" }, "maxItems": 100 },
        "subject": { "title": "Subject", "description": "The subject, one line.", "type": "string", "maxLength": 900 },
        "body": { "title": "Text", "description": "The text, as it is.", "type": "string" }
      },
      "required": ["to", "subject", "body"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "message_id": { "title": "Message id", "description": "The id the e-mail carries.", "type": "string" },
        "recipients": { "title": "Recipients", "description": "The addresses the mail server has accepted the e-mail for.",
          "type": "array", "items": { "type": "string" } }
      },
      "additionalProperties": false
    }
    """)
{
    /// <inheritdoc/>
    public override bool IsSensitiveAction => true;

    /// <inheritdoc/>
    public override string ActionInWords => "Send an e-mail to {to}: {subject}";

    /// <inheritdoc/>
    protected override IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete)
    {
        if (isComplete && !options.Value.IsConfigured)
            yield return new(JsonPath.Root, "can't be sent: e-mail is not configured (Blocks:Smtp:Host)");
        foreach (var name in (string[])["to", "cc"])
            foreach (var (index, address) in Addresses(input, name).Index())
                if (EmailAddress.Fault(address) is { } fault)
                    yield return new(JsonPath.Item(JsonPath.Member(JsonPath.Root, name), index), fault);
        if (!input.TryGetProperty("subject", out var subject))
            yield break;
        if (subject.GetString()!.Any(char.IsControl))
            yield return new("$.subject", "must be one line without control characters");
        else if (subject.GetString() is { } text && text != text.Trim())
            yield return new("$.subject", "must not begin or end with a space"); // it would be lost on the way
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        using var message = Compose(input.Root, context);
        using var time = new CancellationTokenSource(options.Value.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        using var client = new SmtpClient { Timeout = (int)TimeSpan.FromMinutes(11).TotalMilliseconds }; // ours is shorter
        var isOffered = false;
        try
        {
            await ConnectAsync(client, both.Token);
            isOffered = true;
            await client.SendAsync(message, both.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && !isOffered)
        {
            throw; // stopped before anything was sent
        }
        catch (Exception e) when (e is not BlockFailedException)
        {
            // The server says no to a sender, a recipient or the message as a whole: then it has taken nothing.
            var mayHaveBeenAccepted = isOffered && e is not (SmtpCommandException or CommandException or NotSupportedException);
            NotSent(log, context.NodeExecId, message.MessageId!, mayHaveBeenAccepted, e);
            var reason = ct.IsCancellationRequested ? "stopped while it was being sent"
                : time.IsCancellationRequested
                    ? FormattableString.Invariant($"the mail server took longer than {options.Value.Timeout.TotalSeconds} s")
                : e.GetBaseException().Message.TrimEnd('.');
            var became = mayHaveBeenAccepted ? "The mail server may have accepted it; it was not sent again." : "It was sent to nobody.";
            throw new BlockFailedException($"The e-mail failed: {reason}. {became}", e);
        }
        await DisconnectAsync(client, both.Token);
        var recipients = Addresses(input.Root, "to").Concat(Addresses(input.Root, "cc")).ToList();
        Sent(log, context.NodeExecId, message.MessageId!, recipients.Count);
        return
        [
            new("message_id", JsonText.Of(message.MessageId!, "message_id")),
            new("recipients", JsonParts.Array(recipients.Select(r => JsonText.Of(r, "recipients")), "recipients")),
        ];
    }

    async Task ConnectAsync(SmtpClient client, CancellationToken ct)
    {
        var to = options.Value;
        await client.ConnectAsync(to.Host!, to.Port, to.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, ct);
        if (!string.IsNullOrEmpty(to.User))
            await client.AuthenticateAsync(to.User, to.Password!, ct);
    }

    // The e-mail has been accepted; nothing that happens now changes that.
    async Task DisconnectAsync(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e)
        {
            NoGoodbye(log, e);
        }
    }

    MimeMessage Compose(JsonElement input, BlockContext context)
    {
        var from = MailboxAddress.Parse(options.Value.From!);
        var message = new MimeMessage
        {
            // The same for the same node execution, so that a mail server or a reader can tell a repetition.
            MessageId =
                $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context.NodeExecId)).AsSpan(0, 16))}@{from.Domain}",
            Date = clock.GetUtcNow(),
            // In base64 not even a line ending is changed on the way.
            Body = new TextPart(TextFormat.Plain)
            {
                Text = input.GetProperty("body").GetString()!,
                ContentTransferEncoding = ContentEncoding.Base64,
            },
        };
        message.Headers.Replace(MailHeader.Subject(input.GetProperty("subject").GetString()!));
        message.From.Add(from);
        message.To.AddRange(Addresses(input, "to").Select(MailboxAddress.Parse));
        message.Cc.AddRange(Addresses(input, "cc").Select(MailboxAddress.Parse));
        return message;
    }

    static IEnumerable<string> Addresses(JsonElement input, string name) =>
        input.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(address => address.GetString()!) : [];
}
