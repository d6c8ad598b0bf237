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

    static readonly string PasswordHash = CheapPasswords.Hash(Password);

    /// <summary>The API key of their programs. It may do anything, but decides nothing that it asked for itself.</summary>
    public string Key => "hitl_test_key_of_" + Id;

    /// <summary>The API key of the program that decides for them.</summary>
    public string DecidingKey => "hitl_deciding_key_of_" + Id;

    /// <summary>The person as a caller of the core, signed in.</summary>
    public Caller Caller(Surface surface = Surface.Rest) => new(Id, Role == Roles.Admin, surface) { SessionId = ToSession().Id };

    /// <summary>A sign-in of theirs that stands through every test's time.</summary>
    public UserSession ToSession() => new()
    {
        Id = "session-" + Id,
        UserId = Id,
        Way = SignInWay.password,
        Device = "tests",
        CreatedAt = TestStore.Start,
        LastSeenAt = TestStore.Start,
        IdleUntil = TestStore.Start.AddYears(100),
        ExpiresAt = TestStore.Start.AddYears(100),
    };

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

    /// <summary>The records of their API keys.</summary>
    public IEnumerable<ApiKey> ToApiKeys()
    {
        var all = KeyMay.ask | KeyMay.decide | (Role == Roles.Admin ? KeyMay.admin | KeyMay.metrics : KeyMay.none);
        return [ToApiKey("key-" + Id, "tests", Key, all), ToApiKey("deciding-key-" + Id, "deciding tests", DecidingKey, KeyMay.decide)];
    }

    /// <summary>The record of a key of theirs.</summary>
    public ApiKey ToApiKey(string id, string name, string secret, KeyMay may) => new()
    {
        Id = id,
        UserId = Id,
        Name = name,
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))),
        Prefix = secret[..9],
        May = may,
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
