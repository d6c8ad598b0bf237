using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Http;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Blocks.Pick;
using HitlReview.Core.Blocks.ReadFile;
using HitlReview.Core.Blocks.Template;
using HitlReview.Core.Blocks.Wait;
using HitlReview.Core.Blocks.WriteFile;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Cli;

/// <summary>
/// What the demo runs. Everything in it is an ordinary graph or request; nothing leaves the machine before somebody approves it.
/// </summary>
static class DemoGraphs
{
    public static IReadOnlyList<(string Name, IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphLink> Links)> All(BlockRegistry blocks) =>
    [
        ("Weekly newsletter",
        [
            Node<TemplateBlock>(
                blocks,
                "draft",
                """{"template":"# Week {{ week }}\n\n{% for item in news %}- {{ item }}\n{% endfor %}\nWritten by {{ author }}.","""
                + "\"values\":" + """{"week":48,"author":"the newsletter agent","news":"""
                + """["Export to CSV is here","The status page moved","We are hiring two engineers"]}}"""),
            Node<HumanInTheLoopBlock>(blocks, "check", """{"name":"Please check the draft before it is filed."}"""),
            Node<WriteFileBlock>(blocks, "file", """{"path":"newsletters/week-48.md","mode":"overwrite"}"""),
        ],
        [new("draft", "text", "check", "data"), new("check", "approved_data", "file", "content")]),

        ("Refunds over 50 €",
        [
            Node<PickBlock>(
                blocks,
                "claims",
                """{"data":{"claims":[{"order":"A-1007","amount":"64.90","currency":"EUR","reason":"Arrived broken"},"""
                + """{"order":"A-1012","amount":"129.00","currency":"EUR","reason":"Never arrived"},"""
                + """{"order":"A-1033","amount":"51.50","currency":"EUR","reason":"Wrong size"}]},"path":"/claims","each":true}"""),
            Node<HttpBlock>(
                blocks, "refund", """{"method":"POST","url":"https://example.com/api/refunds","headers":{"X-Reason":"customer claim"}}"""),
        ],
        [new("claims", "value", "refund", "body")]),

        ("Release 4.2.0",
        [
            Node<WaitBlock>(
                blocks, "cool-down", """{"seconds":3,"data":"## 4.2.0\n\n- Faster search\n- Fixed: time zones in exports\n"}"""),
            Node<WriteFileBlock>(blocks, "changelog", """{"path":"CHANGELOG.md","mode":"append"}"""),
            Node<HttpBlock>(
                blocks,
                "tag",
                """{"method":"PUT","url":"https://example.com/api/tags/4.2.0","body":"""
                + """{"commit":"9f1c2ab","build":12345678901234567890,"signed":true}}"""),
            Node<HumanInTheLoopBlock>(
                blocks,
                "go",
                """{"name":"Go or no go for all regions","editable":false,"data":"""
                + """{"version":"4.2.0","regions":["eu-central","us-east","ap-south"],"rollback":"4.1.3"}}"""),
        ],
        [new("cool-down", "data", "changelog", "content")]),

        ("Nightly word count",
        [
            Node<TemplateBlock>(
                blocks, "words",
                """{"template":"{{ text | split: ' ' | size }} words","values":{"text":"all is quiet on the western front"}}"""),
        ],
        []),

        ("Read a file that isn't there",
        [
            Node<ReadFileBlock>(blocks, "read", """{"path":"reports/missing.txt"}"""),
        ],
        []),
    ];

    /// <summary>What was said in its chat, one after the other.</summary>
    public static IReadOnlyList<string> Said { get; } =
    [
        "/find file",
        "/run write_workspace_file path=minutes/week-48.md content=\"# Minutes\\n\\n- The export ships on Monday.\"",
    ];

    public static IReadOnlyList<(string Agent, IReadOnlyList<ReviewRequest> Requests)> AgentRequests { get; } =
    [
        ("support agent",
        [
            Request(
                "demo-mail-1", "support-agent-run-17", "send_email",
                """{"to":"ines@customer.example","subject":"Your ticket 5521","body":"Hello Ines,"""
                + """\n\nyour export works again. Sorry for the trouble!\n\nThe support team"}""",
                "The customer has waited for two days; please be quick."),
            Request(
                "demo-mail-2", "support-agent-run-17", "send_email",
                """{"to":"omar@customer.example","subject":"Your ticket 5522","body":"Hello Omar,"""
                + """\n\nwe have added five seats to your plan.\n\nThe support team"}""",
                null),
        ]),
        ("ops agent",
        [
            Request(
                "demo-shell-1", "ops-agent-run-3", "run_command",
                """{"data":"tidy up","command":"rm -rf /var/tmp/build-*","host":"build-2.internal.example"}""",
                "Disk is at 93 %. This only removes old builds.", editable: false),
        ]),
    ];

    static GraphNode Node<TBlock>(BlockRegistry blocks, string id, string inputs) where TBlock : Block =>
        new(id, blocks.All.OfType<TBlock>().Single().Id, JsonText.Parse(inputs, id));

    static ReviewRequest Request(string id, string execution, string node, string payload, string? instructions, bool editable = true) =>
        new(id, execution, node, JsonText.Parse(payload, id)) { Instructions = instructions, Editable = editable };
}
