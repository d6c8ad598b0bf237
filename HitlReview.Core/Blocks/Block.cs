using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks;

/// <summary>
/// A unit of work. It has no access to storage and no state of its own between runs; all it may do is in its input.
/// One instance serves all executions at once.
/// </summary>
public abstract class Block
{
    /// <param name="id">The id, a UUID. It never changes, because stored graphs and reviews carry it.</param>
    /// <param name="name">The name that people see.</param>
    /// <param name="description">What it does, in a sentence or two.</param>
    /// <param name="inputSchema">The JSON Schema of the input object.</param>
    /// <param name="outputSchema">A JSON Schema whose properties are the output pins.</param>
    protected Block(string id, string name, string description, string inputSchema, string outputSchema)
    {
        Id = Guid.Parse(id);
        Name = name;
        Description = description;
        InputSchema = PayloadSchema.Parse(inputSchema);
        OutputSchema = PayloadSchema.Parse(outputSchema);
    }

    /// <summary>The id.</summary>
    public Guid Id { get; }

    /// <summary>The name that people see.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public string Description { get; }

    /// <summary>
    /// What a run does, for the person who decides about it: the start of a sentence, with inputs in braces, such as <c>Send a {method}
    /// request to {url}</c>.
    /// </summary>
    public virtual string ActionInWords => Name;

    /// <summary>The schema of the input; its properties are the input pins.</summary>
    public PayloadSchema InputSchema { get; }

    /// <summary>The schema of what each output pin emits; its properties are the output pins.</summary>
    public PayloadSchema OutputSchema { get; }

    /// <summary>True if running it changes the world outside, so that a person is asked first.</summary>
    public virtual bool IsSensitiveAction => false;

    /// <summary>
    /// True if all it does is to ask a person, and what it emits is the answer (<see cref="Answered"/>): it asks by itself, whatever its
    /// surroundings say of sensitive actions.
    /// </summary>
    public virtual bool AsksForAnAnswer => false;

    /// <summary>True for what a person is asked about unless reviews are switched off for it.</summary>
    public bool Asks => IsSensitiveAction || AsksForAnAnswer;

    /// <summary>True if it makes sense only inside a graph, so that a chat can't run it.</summary>
    public virtual bool IsGraphOnly => false;

    /// <summary>True if what it emits was written by strangers: a page, a file. A model that reads it must be told.</summary>
    public virtual bool ReadsForeignText => false;

    /// <summary>
    /// True if the last value of an output pin stays there for every later firing of the nodes behind it, instead of being used up by one.
    /// </summary>
    public virtual bool OutputsStay => false;

    /// <summary>The names of the inputs.</summary>
    public IReadOnlyCollection<string> InputPins => InputSchema.Properties;

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyCollection<string> OutputPins => OutputSchema.Properties;

    /// <summary>The inputs without which it can't run.</summary>
    public IReadOnlyCollection<string> RequiredInputs => InputSchema.Required;

    /// <summary>The inputs without which it can't run and which nothing brings.</summary>
    /// <param name="given">An object with the inputs that are given.</param>
    /// <param name="linked">Those that come over links.</param>
    public IEnumerable<string> MissingInputs(JsonText given, IReadOnlySet<string> linked) =>
        RequiredInputs.Where(pin => !linked.Contains(pin) && JsonParts.Member(given, pin) is null);

    /// <summary>
    /// Says what would keep it from running on this input. Asked before a review, so that nobody reviews what can't run, and again for an
    /// edited payload.
    /// </summary>
    /// <param name="input">The whole input.</param>
    /// <param name="ct">Gives up the check.</param>
    /// <returns>The faults, none if it can run.</returns>
    public async ValueTask<IReadOnlyList<SchemaFault>> CheckAsync(JsonText input, CancellationToken ct) =>
        InputSchema.Validate(input) is { Count: > 0 } faults ? faults : await InspectAsync(input.Root, isComplete: true, ct);

    /// <summary>Says what is wrong already with the inputs that a stored graph gives to a node; others may still come over links.</summary>
    /// <param name="defaults">An object with some of the inputs.</param>
    /// <param name="ct">Gives up the check.</param>
    /// <returns>The faults, none if the node can be stored.</returns>
    public async ValueTask<IReadOnlyList<SchemaFault>> CheckDefaultsAsync(JsonText defaults, CancellationToken ct) =>
        InputSchema.ValidatePart(defaults) is { Count: > 0 } faults ? faults : await InspectAsync(defaults.Root, isComplete: false, ct);

    /// <summary>
    /// Says what a schema can't: an address of a wrong form, two inputs that exclude each other. The members that are there keep to the
    /// schema.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="isComplete">True before a run; false where a graph is stored and members may be missing.</param>
    protected virtual IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete) => [];

    /// <summary>
    /// The same for a block whose look at its input takes more than an instant, which must not be spent on the caller's thread.
    /// </summary>
    /// <inheritdoc cref="Inspect"/>
    protected virtual ValueTask<IReadOnlyList<SchemaFault>> InspectAsync(JsonElement input, bool isComplete, CancellationToken ct) =>
        new([.. Inspect(input, isComplete)]);

    /// <summary>What a person is asked about a run: its whole input, which they may change.</summary>
    /// <param name="input">An input in which <see cref="CheckAsync"/> has found no fault.</param>
    public virtual BlockQuestion Question(JsonText input) => new(input);

    /// <summary>What a block emits that only asks for an answer; null of one that now runs, or is kept from running.</summary>
    public virtual IReadOnlyList<BlockOutput>? Answered(BlockAnswer answer) => null;

    /// <summary>
    /// Runs it once. Called at most once per node execution of a sensitive block; the block itself never repeats its effect either.
    /// </summary>
    /// <param name="input">Exactly what was approved. <see cref="CheckAsync"/> has found no fault in it.</param>
    /// <param name="context">On whose behalf, and for which node execution.</param>
    /// <param name="ct">Asks it to stop; what has happened by then has happened.</param>
    /// <returns>What it emits, in order.</returns>
    /// <exception cref="BlockFailedException">It could not do its work; the message says why and what became of the effect.</exception>
    public abstract Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct);
}
