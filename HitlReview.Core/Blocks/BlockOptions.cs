using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Blocks;

/// <summary>Settings of a block that know their own rules.</summary>
public interface IBlockOptions
{
    /// <summary>One sentence per setting that is wrong: its full name, what it must be, what it is.</summary>
    IEnumerable<string> Faults();
}

static class BlockOptions
{
    /// <summary>Reads a section of the settings and has the host refuse to start when a setting is wrong.</summary>
    public static void AddBlockOptions<T>(this IServiceCollection services, IConfiguration configuration, string section) where T : class, IBlockOptions
    {
        services.AddOptions<T>().Configure(options => Bind(configuration.GetSection(section), options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>, Validator<T>>();
    }

    // A value of a wrong form is as much the operator's to put right as one out of range.
    static void Bind<T>(IConfiguration section, T options)
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

    sealed class Validator<T> : IValidateOptions<T> where T : class, IBlockOptions
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
