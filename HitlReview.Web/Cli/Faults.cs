using System.Data.Common;
using System.Net.Sockets;
using HitlReview.Core;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Cli;

/// <summary>What an operator can put right is said in one line each on standard error, without a stack trace, with exit code 1.</summary>
static class Faults
{
    /// <summary>The exit code for all that an operator can put right.</summary>
    public const int ExitCode = 1;

    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code, or <see cref="ExitCode"/>.</returns>
    public static async Task<int> TellAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception e) when (Lines(e) is { } lines)
        {
            foreach (var line in lines)
                await Console.Error.WriteLineAsync(line.ReplaceLineEndings(" "));
            return ExitCode;
        }
    }

    /// <returns>Null for a fault that isn't the operator's: that one deserves its stack trace.</returns>
    static IEnumerable<string>? Lines(Exception e) => e switch
    {
        StoreException or RefusedException => [e.Message],
        OptionsValidationException options => options.Failures,
        AggregateException all => all.InnerExceptions.Select(Lines).ToList() is var each && each.TrueForAll(lines => lines is not null)
            ? each.SelectMany(lines => lines!)
            : null,
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [e.Message],
        InvalidDataException { InnerException: FormatException cause } => [$"{e.Message} {cause.Message}"],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            [$"{e.Message} Name another address with --urls or the setting Urls."],
        SocketException => [$"The addresses in Urls can't be listened on: {e.Message}"],
        { Source: "Microsoft.AspNetCore.Http" or "Microsoft.AspNetCore.Server.Kestrel.Core" }
            or ArgumentOutOfRangeException { ParamName: "port" } => [$"The addresses in Urls can't be listened on: {e.Message}"],
        DbException => [$"The database failed: {e.Message}"],
        { InnerException: DbException inner } => [$"The database failed: {inner.Message}"],
        _ => null,
    };
}
