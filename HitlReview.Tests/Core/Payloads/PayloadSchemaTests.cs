using HitlReview.Core;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Payloads;

public class PayloadSchemaTests
{
    static readonly PayloadSchema Schema = PayloadSchema.Parse("""
        {
          "type": "object",
          "properties": {
            "text": { "type": "string", "minLength": 1, "maxLength": 10 },
            "count": { "type": "integer", "minimum": 0, "maximum": 100 },
            "share": { "type": "number", "minimum": 0, "maximum": 1 },
            "any": {},
            "mode": { "type": "string", "enum": ["a", "b"] },
            "to": { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "flag": { "type": "boolean" },
            "big": { "type": "integer" },
            "least": { "type": "number", "minimum": 1, "maximum": 600 }
          },
          "required": ["text"],
          "additionalProperties": false
        }
        """);

    [Theory]
    [InlineData("""{"text":"x"}""")]
    [InlineData("""{"text":"2024-01-01T00:00:00Z"}""", "$.text must have at most 10 characters")]
    [InlineData("""{"text":"2024-01-01"}""")]
    [InlineData("""{}""", "$.text is missing")]
    [InlineData("""[]""", "$ must be an object")]
    [InlineData("""null""", "$ must be an object")]
    [InlineData("""{"text":1}""", "$.text must be a string")]
    [InlineData("""{"text":null}""", "$.text must be a string")]
    [InlineData("""{"text":"x","extra":1}""", "$.extra is unknown")]
    [InlineData("""{"text":"x","count":1.0}""")]
    [InlineData("""{"text":"x","count":1e2}""")]
    [InlineData("""{"text":"x","count":1.5}""", "$.count must be an integer")]
    [InlineData("""{"text":"x","count":true}""", "$.count must be an integer")]
    [InlineData("""{"text":"x","count":"1"}""", "$.count must be an integer")]
    [InlineData("""{"text":"x","count":101}""", "$.count must be at most 100")]
    [InlineData("""{"text":"x","count":12345678901234567890123456789012345}""", "$.count must be at most 100")]
    [InlineData("""{"text":"x","count":1e999999999999}""", "$.count must be at most 100")]
    [InlineData("""{"text":"x","count":-1e400}""", "$.count must be at least 0")]
    [InlineData("""{"text":"x","share":1e-400}""")]
    [InlineData("""{"text":"x","share":1.5e0}""", "$.share must be at most 1")]
    [InlineData("""{"text":"x","share":123456789012345678901234567890.5}""", "$.share must be at most 1")]
    [InlineData("""{"text":"x","share":1.0000000000000000000000000000000001}""", "$.share must be at most 1")]
    [InlineData("""{"text":"x","share":0.99999999999999999999999999999999}""")]
    [InlineData("""{"text":"x","share":-1e-400}""", "$.share must be at least 0")]
    [InlineData("""{"text":"x","share":-0.00000000000000000000000000000000001}""", "$.share must be at least 0")]
    [InlineData("""{"text":"x","least":0.99999999999999999999999999999999}""", "$.least must be at least 1")]
    [InlineData("""{"text":"x","least":1.00000000000000000000000000000001}""")]
    [InlineData("""{"text":"x","least":600.0000000000000000000000000001}""", "$.least must be at most 600")]
    [InlineData("""{"text":"x","least":599.99999999999999999999999999999999999}""")]
    [InlineData("""{"text":"x","least":0.5e1}""")]
    [InlineData("""{"text":"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"}""")]
    [InlineData("""{"text":"12345678901"}""", "$.text must have at most 10 characters")]
    [InlineData("""{"text":"x","big":12345678901234567890123456789012345}""")]
    [InlineData("""{"text":"x","any":[1e400,1e-999999999999,{"$ref":"#/x","$type":"y"},"2024-01-01"]}""")]
    [InlineData("""{"text":"x","any":null}""")]
    [InlineData("""{"text":"x","mode":"c"}""", "$.mode must be one of a, b")]
    [InlineData("""{"text":"x","to":[]}""", "$.to must have at least 1 items")]
    [InlineData("""{"text":"x","to":["a",1,"b",2]}""", "$.to[1] must be a string", "$.to[3] must be a string")]
    [InlineData("""{"text":"x","headers":{"a":"b","c":2}}""", "$.headers.c must be a string")]
    [InlineData("""{"text":"x","flag":1}""", "$.flag must be true or false")]
    public void Each_fault_is_named_by_its_path(string payload, params string[] faults) =>
        Assert.Equal(faults, Schema.Validate(JsonText.Parse(payload, "payload")).Select(f => $"{f.Path} {f.Message}"));

    [Theory]
    [InlineData("""{"pair":["a",{"b":"c"}]}""")]
    [InlineData("""{"pair":["a",{"b":"d"}]}""", "$.pair")]
    [InlineData("""{"either":null,"lists":[[],["x"]]}""")]
    [InlineData("""{"either":{"a":{"b":"long enough"}}}""")]
    [InlineData("""{"either":{"a":{"b":"no"}}}""", "$.either")]
    [InlineData("""{"lists":[[],["x"],["x","y"]]}""", "$.lists[2]")]
    [InlineData("""{"named":{"x":{"deep":[1]}},"few":{"a":{},"b":[]}}""")]
    [InlineData("""{"named":{"y":{}},"few":{"a":{},"b":[],"c":""}}""", "$.named.x", "$.few")]
    public void The_schema_sees_as_deep_as_it_looks(string payload, params string[] faults)
    {
        var schema = PayloadSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "pair": { "enum": [["a", { "b": "c" }]] },
                "either": { "anyOf": [{ "type": "null" }, { "type": "object", "properties": { "a": { "properties": { "b": { "minLength": 5 } } } } }] },
                "lists": { "type": "array", "items": { "type": "array", "maxItems": 1 } },
                "named": { "type": "object", "required": ["x"] },
                "few": { "type": "object", "maxProperties": 2 }
              }
            }
            """);

        Assert.Equal(faults, schema.Validate(JsonText.Parse(payload, "payload")).Select(f => f.Path));
    }

    [Fact]
    public void Of_half_a_million_faults_no_more_are_written_than_anybody_reads()
    {
        var schema = PayloadSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "to": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
                "headers": { "type": "object", "additionalProperties": { "type": "string" }, "maxProperties": 3 }
              },
              "additionalProperties": false
            }
            """);
        var members = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":1"));

        Assert.Equal(
            ["$.to must have at most 3 items", .. Enumerable.Range(0, 4).Select(i => $"$.to[{i}] must be a string")],
            FaultsOf($$"""{"to":[{{string.Join(',', Enumerable.Repeat(1, 490_000))}}]}""").Order());
        Assert.Equal(5, FaultsOf($$$"""{"headers":{{{{members}}}}}""").Count);
        Assert.Equal(100, FaultsOf($$"""{{{members}}}""").Count);

        List<string> FaultsOf(string payload) =>
            [.. schema.Validate(JsonText.Parse(payload, "payload")).Select(f => $"{f.Path} {f.Message}")];
    }

    [Fact]
    public void Numbers_of_a_million_digits_are_checked_in_no_time()
    {
        var digits = new string('7', 900_000);

        Assert.Equal(
            "must be at most 100",
            Assert.Single(Schema.Validate(JsonText.Parse($$"""{"text":"x","count":{{digits}}}""", "payload"))).Message);
        Assert.Equal(
            "must be at most 100",
            Assert.Single(Schema.Validate(JsonText.Parse($$"""{"text":"x","count":1e{{digits}}}""", "payload"))).Message);
        Assert.Equal(
            "must be at most 1",
            Assert.Single(Schema.Validate(JsonText.Parse($$"""{"text":"x","share":{{digits}}.5}""", "payload"))).Message);
    }

    [Fact]
    public void In_a_part_nothing_is_missing_but_what_is_there_is_checked()
    {
        Assert.Empty(Schema.ValidatePart(JsonText.EmptyObject));
        Assert.Equal("$.count", Assert.Single(Schema.ValidatePart(JsonText.Parse("""{"count":"1"}""", "payload"))).Path);
    }

    [Fact]
    public void A_refusal_names_the_field_the_paths_and_how_many_more_there_are()
    {
        SchemaFault.Refuse("reviewed_data", []);

        JsonTextTests.Refused(
            Refusal.Invalid,
            "reviewed_data: $.0 is unknown; $.1 is unknown; $.2 is unknown; $.3 is unknown; $.4 is unknown; and 2 more.",
            () => SchemaFault.Refuse("reviewed_data", [.. Enumerable.Range(0, 7).Select(i => new SchemaFault($"$.{i}", "is unknown"))]));
    }

    [Fact]
    public void Pins_come_from_the_schema()
    {
        Assert.Equal(["text", "count", "share", "any", "mode", "to", "headers", "flag", "big", "least"], Schema.Properties);
        Assert.Equal(["text"], Schema.Required);
    }
}
