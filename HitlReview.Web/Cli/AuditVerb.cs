using System.CommandLine;
using HitlReview.Core.Audit;

namespace HitlReview.Web.Cli;

/// <summary><c>audit verify</c></summary>
static class AuditVerb
{
    public static Command Make()
    {
        var verify = new Command(
            "verify", "Recompute the hash chain of the audit trail. Exit code 1 names the first event that is missing or changed.");
        verify.Does(async (services, _, ct) =>
        {
            var verdict = await services.GetRequiredService<AuditVerifier>().VerifyAsync(ct);
            if (verdict.BrokenSeq is { } seq)
            {
                await Console.Error.WriteLineAsync(
                    $"The audit trail is broken at event {seq}: {verdict.Fault}. The {verdict.Count} before it hold together.");
                return Faults.ExitCode;
            }
            await Console.Out.WriteLineAsync($"{verdict.Count} events hold together; the last one's hash is {verdict.HeadHash}.");
            return 0;
        });
        return new("audit", "The audit trail") { verify };
    }
}
