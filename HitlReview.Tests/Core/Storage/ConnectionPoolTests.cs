using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HitlReview.Tests.Core.Storage;

/// <summary>How many connections PostgreSQL is asked for.</summary>
public sealed class ConnectionPoolTests
{
    [Theory]
    [InlineData("Host=db", 60)]
    [InlineData("Host=db;Maximum Pool Size=100", 100)]
    [InlineData("Host=db;MaxPoolSize=7;", 7)]
    public async Task It_is_fewer_than_its_server_has_unless_the_operator_says_how_many(string given, int most)
    {
        await using var store = new Store(new(DatabaseProvider.Postgres, given));
        await using var db = store.CreateDbContext();
        var used = new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString());
        Assert.Equal(("db", most), (used.Host, used.MaxPoolSize));
    }
}
