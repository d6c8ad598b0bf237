using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.Template;

/// <summary>Makes text from a Liquid template and values.</summary>
public sealed class TemplateBlock(TimeProvider clock) : Block(
    "e0f4a7d3-6b18-49c2-8d75-a39c1e5b2f60",
    "Template text",
    "Fills a Liquid template with values; numbers keep their digits and nothing is escaped.",
    """
    {
      "type": "object",
      "properties": {
        "template": { "title": "Template",
          "description": "The text, with {{ name }} for a value and {% if %}, {% for %} and the like of Liquid.",
          "type": "string", "maxLength": 20000 },
        "values": { "title": "Values", "description": "The values by their names; any JSON.", "type": "object" }
      },
      "required": ["template"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "text": { "title": "Text", "description": "The filled template.", "type": "string" }
      },
      "additionalProperties": false
    }
    """)
{
    readonly TemplateEngine _engine = new(clock);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<SchemaFault>> InspectAsync(JsonElement input, bool isComplete, CancellationToken ct) =>
        input.TryGetProperty("template", out var template) && await _engine.FaultAsync(template.GetString()!, ct) is { } fault
            ? [new("$.template", fault)]
            : [];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        try
        {
            var values = input.Root.TryGetProperty("values", out var given) ? given : JsonText.EmptyObject.Root;
            var text = await _engine.RenderAsync(context.UserId, input.Root.GetProperty("template").GetString()!, values, ct);
            return [new("text", JsonText.Of(text, "the text"))];
        }
        catch (TemplateLimitException e)
        {
            throw new BlockFailedException($"The template asks for too much: {e.Message}.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            throw new BlockFailedException($"The template failed: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
