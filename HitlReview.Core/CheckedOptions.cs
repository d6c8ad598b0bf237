using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HitlReview.Core;

/// <summary>A section of the settings that knows its own rules.</summary>
public interface ICheckedOptions
{
    /// <summary>A sentence for each setting that is wrong: its full name, what it must be, what it is.</summary>
    IEnumerable<string> Faults();
}

/// <summary>Settings that are checked before anything is served, all faults at once.</summary>
public static class CheckedOptions
{
    /// <summary>Reads a section of the host's settings, and has the host refuse to start where one of them is wrong.</summary>
    public static OptionsBuilder<T> AddChecked<T>(this IServiceCollection services, string section) where T : class, ICheckedOptions
    {
        services.AddSingleton<IValidateOptions<T>, Validator<T>>();
        return services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Read(configuration.GetSection(section), options))
            .ValidateOnStart();
    }

    // A value of a wrong form is as much the operator's to put right as one out of range.
    static void Read<T>(IConfigurationSection section, T options)
    {
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(T), [e.Message]);
        }
    }

    sealed class Validator<T> : IValidateOptions<T> where T : class, ICheckedOptions
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
