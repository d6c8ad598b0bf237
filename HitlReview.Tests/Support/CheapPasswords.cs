using HitlReview.Core;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Support;

/// <summary>
/// Passwords that cost next to nothing. Dear ones, as the program has them, were a quarter of the time of all tests; that they are dear is
/// looked at where it is set.
/// </summary>
public static class CheapPasswords
{
    /// <summary>The iterations of a password's hash.</summary>
    public const int Iterations = 100;

    /// <summary>Makes them cheap, whatever was configured.</summary>
    public static IServiceCollection AddCheapPasswords(this IServiceCollection services) =>
        services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount = Iterations);

    /// <summary>A password's hash.</summary>
    public static string Hash(string password, int iterations = Iterations) => Hasher(iterations).HashPassword(new(), password);

    /// <summary>What makes and checks hashes.</summary>
    public static PasswordHasher<HitlUser> Hasher(int iterations = Iterations) =>
        new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
}
