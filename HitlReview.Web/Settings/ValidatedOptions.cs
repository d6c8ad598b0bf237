using Microsoft.Extensions.Options;

namespace HitlReview.Web.Settings;

/// <summary>Settings that are checked before anything is served, all faults at once.</summary>
static class ValidatedOptions
{
    /// <summary>Binds a section of the settings and checks it at start.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="faults">Every fault as a sentence that names the setting; none if all is well.</param>
    public static void AddValidated<T>(
        this IServiceCollection services, string section, Func<T, IEnumerable<string>> faults) where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Validator<T>(faults));
    }

    sealed class Validator<T>(Func<T, IEnumerable<string>> faults) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            faults(options).ToList() is { Count: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
    }
}
