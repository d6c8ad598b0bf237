using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

/// <summary>
/// The program is shared by the tests of a class; Rosa, Ben and the ids that they use are new in every test, so that none sees what another
/// left.
/// </summary>
public abstract class ApiSpec(TestApp app) : IAsyncLifetime
{
    static int _people;

    private protected TestApp App => app;

    private protected Person RosaHerself { get; private set; } = null!;

    private protected ApiClient Rosa { get; private set; } = null!;

    private protected ApiClient Ben { get; private set; } = null!;

    /// <summary>An id that nothing else uses.</summary>
    private protected string Id { get; } = Guid.NewGuid().ToString("N");

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Someone new, with an account and a key.</summary>
    private protected async Task<Person> NewPersonAsync(string role = HitlReview.Core.Accounts.Roles.Reviewer)
    {
        var id = $"{role}-{Interlocked.Increment(ref _people)}";
        var person = new Person(id, $"{id}@example.org", role);
        await using var db = app.Db();
        db.Users.Add(person.ToUser());
        db.ApiKeys.AddRange(person.ToApiKeys());
        db.UserSessions.Add(person.ToSession());
        db.UserRoles.Add(new() { UserId = id, RoleId = role });
        await db.SaveChangesAsync(Ct);
        return person;
    }

    private protected async Task<ApiClient> NewAdminAsync() => As(await NewPersonAsync(HitlReview.Core.Accounts.Roles.Admin));

    private protected ApiClient As(Person? person) => new(app.Client(person));

    public virtual async ValueTask InitializeAsync()
    {
        RosaHerself = await NewPersonAsync();
        Rosa = As(RosaHerself);
        Ben = As(await NewPersonAsync());
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
