using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>Bounds of the engine; section <c>Executions</c> of the settings.</summary>
public sealed class ExecutionOptions
{
    /// <summary>The most node executions one graph execution may make; beyond, it fails as a whole, so that a loop ends. 1 to 100,000; default 1,000.</summary>
    public int MaxNodeExecutions { get; set; } = 1_000;

    /// <summary>How often it looks for executions whose wake-up got lost. 1 s to 10 min; default 30 s.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(30);

    sealed class Check : IValidateOptions<ExecutionOptions>
    {
        public ValidateOptionsResult Validate(string? name, ExecutionOptions options)
        {
            var faults = new List<string>();
            if (options.MaxNodeExecutions is < 1 or > 100_000)
                faults.Add($"Executions:MaxNodeExecutions must be between 1 and 100000; it is {options.MaxNodeExecutions}.");
            if (options.SweepEvery < TimeSpan.FromSeconds(1) || options.SweepEvery > TimeSpan.FromMinutes(10))
                faults.Add($"Executions:SweepEvery must be between 1 s and 10 min; it is {options.SweepEvery}.");
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }

    internal static IValidateOptions<ExecutionOptions> Validator { get; } = new Check();
}
