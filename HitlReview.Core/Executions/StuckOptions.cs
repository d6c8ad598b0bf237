using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>How long an execution may stay in a state before an admin is told; section <c>Stuck</c> of the settings. Each 1 s to 365 d.</summary>
public sealed class StuckOptions
{
    /// <summary>Waiting for a person; default 24 h.</summary>
    public TimeSpan Review { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Running; default 1 h.</summary>
    public TimeSpan Running { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Ready to run; default 5 min.</summary>
    public TimeSpan Queued { get; set; } = TimeSpan.FromMinutes(5);

    sealed class Check : IValidateOptions<StuckOptions>
    {
        public ValidateOptionsResult Validate(string? name, StuckOptions options)
        {
            var faults = new List<string>();
            foreach (var (setting, value) in new[] { ("Review", options.Review), ("Running", options.Running), ("Queued", options.Queued) })
                if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromDays(365))
                    faults.Add($"Stuck:{setting} must be between 1 s and 365 d; it is {value}.");
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }

    internal static IValidateOptions<StuckOptions> Validator { get; } = new Check();
}
