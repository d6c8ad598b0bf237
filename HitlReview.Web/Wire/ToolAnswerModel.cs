using System.Text.Json.Serialization;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Wire;

/// <summary>A tool's answer; `type` says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ToolErrorModel), "error")]
[JsonDerivedType(typeof(InputValidationErrorModel), "input_validation_error")]
[JsonDerivedType(typeof(BlockListModel), "block_list")]
[JsonDerivedType(typeof(BlockDetailsModel), "block_details")]
[JsonDerivedType(typeof(ReviewRequiredModel), "review_required")]
[JsonDerivedType(typeof(BlockOutputModel), "block_output")]
abstract record ToolAnswerModel([property: JsonPropertyOrder(-1)] string Message, [property: JsonPropertyOrder(-1)] string SessionId)
{
    public static ToolAnswerModel Of(ToolAnswer answer) => answer switch
    {
        ToolError e => new ToolErrorModel(e.Message, e.SessionId),
        InputValidationError e => new InputValidationErrorModel(
            e.Message, e.SessionId, e.Block.Id.ToString(), e.Block.Name, e.UnrecognizedFields, e.Block.InputSchema.Text),
        BlockList l => new BlockListModel(l.Message, l.SessionId, [.. l.Blocks.Select(BlockModel.Of)]),
        BlockDetails d => new BlockDetailsModel(d.Message, d.SessionId, BlockModel.Of(d.Block)),
        ReviewRequired r => new ReviewRequiredModel(
            r.Message, r.SessionId, r.Block.Id.ToString(), r.Block.Name,
            r.Review.NodeExecId, r.Review.GraphExecId, r.Review.Status, JsonText.Trusted(r.Review.Payload)),
        BlockRan b => new BlockOutputModel(b.Message, b.SessionId, b.Block.Id.ToString(), b.Block.Name, b.Outputs),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.GetType().Name, null),
    };
}

/// <summary>The call can't be done, or its action failed.</summary>
sealed record ToolErrorModel(string Message, string SessionId) : ToolAnswerModel(Message, SessionId);

/// <summary>The input is not what the block takes.</summary>
sealed record InputValidationErrorModel(
    string Message,
    string SessionId,
    string BlockId,
    string BlockName,
    IReadOnlyList<string> UnrecognizedFields,
    JsonText Inputs) : ToolAnswerModel(Message, SessionId);

/// <summary>Blocks that were found.</summary>
sealed record BlockListModel(string Message, string SessionId, IReadOnlyList<BlockModel> Blocks) : ToolAnswerModel(Message, SessionId);

/// <summary>Required inputs are missing.</summary>
sealed record BlockDetailsModel(string Message, string SessionId, BlockModel Block) : ToolAnswerModel(Message, SessionId);

/// <summary>A person decides first, or has approved and the call can be continued; `input_data` is what runs.</summary>
sealed record ReviewRequiredModel(
    string Message,
    string SessionId,
    string BlockId,
    string BlockName,
    string ReviewId,
    string GraphExecId,
    ReviewStatus Status,
    JsonText InputData) : ToolAnswerModel(Message, SessionId);

/// <summary>The block has run; `outputs` is an object of pins and lists of values.</summary>
sealed record BlockOutputModel(
    string Message,
    string SessionId,
    string BlockId,
    string BlockName,
    JsonText Outputs,
    bool Success = true) : ToolAnswerModel(Message, SessionId);
