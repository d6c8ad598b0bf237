using System.Security.Cryptography;
using System.Text;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Tests.Support;

/// <summary>Someone in the tests.</summary>
/// <param name="Id">The user id.</param>
/// <param name="Email">The address to sign in with.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record Person(string Id, string Email, string Role)
{
    /// <summary>The password of everyone.</summary>
    public const string Password = "correct horse battery staple 9!";

    static readonly string PasswordHash = new PasswordHasher<HitlUser>().HashPassword(new(), Password);

    /// <summary>The API key of their programs.</summary>
    public string Key => "hitl_test_key_of_" + Id;

    /// <summary>The person as a caller of the core.</summary>
    public Caller Caller(Surface surface = Surface.Rest) => new(Id, Role == Roles.Admin, surface);

    /// <summary>The person's account.</summary>
    public HitlUser ToUser() => new()
    {
        Id = Id,
        UserName = Email,
        NormalizedUserName = Email.ToUpperInvariant(),
        Email = Email,
        NormalizedEmail = Email.ToUpperInvariant(),
        EmailConfirmed = true,
        LockoutEnabled = true,
        PasswordHash = PasswordHash,
        SecurityStamp = Id,
    };

    /// <summary>The record of their API key.</summary>
    public ApiKey ToApiKey() => new()
    {
        Id = "key-" + Id,
        UserId = Id,
        Name = "tests",
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
        Prefix = Key[..9],
        CreatedAt = TestStore.Start,
    };
}

/// <summary>The people of all tests. They have accounts and API keys in every test's database.</summary>
public static class Cast
{
    /// <summary>Looks after everyone's executions.</summary>
    public static Person Ada { get; } = new("ada", "ada@example.org", Roles.Admin);

    /// <summary>Decides; most tests are about her.</summary>
    public static Person Rosa { get; } = new("rosa", "rosa@example.org", Roles.Reviewer);

    /// <summary>Decides too, and must see nothing of Rosa's.</summary>
    public static Person Ben { get; } = new("ben", "ben@example.org", Roles.Reviewer);

    /// <summary>A program that asks for reviews under an account of its own.</summary>
    public static Person Scout { get; } = new("scout", "scout@example.org", Roles.Reviewer);

    /// <summary>Everyone.</summary>
    public static IReadOnlyList<Person> All { get; } = [Ada, Rosa, Ben, Scout];

    /// <summary>The roles, as the database has them.</summary>
    public static IEnumerable<IdentityRole> IdentityRoles =>
        from role in (string[])[Roles.Admin, Roles.Reviewer]
        select new IdentityRole { Id = role, Name = role, NormalizedName = role.ToUpperInvariant() };
}
