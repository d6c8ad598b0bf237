using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace HitlReview.Core.Storage;

/// <summary>
/// Lets <c>dotnet ef migrations add NAME --context SqliteHitlDbContext --output-dir Storage/Migrations/Sqlite</c> make a context without
/// starting the program.
/// </summary>
sealed class DesignTimeSqlite : IDesignTimeDbContextFactory<SqliteHitlDbContext>
{
    public SqliteHitlDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteHitlDbContext>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>The same for <c>--context PostgresHitlDbContext --output-dir Storage/Migrations/Postgres</c>.</summary>
sealed class DesignTimePostgres : IDesignTimeDbContextFactory<PostgresHitlDbContext>
{
    public PostgresHitlDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresHitlDbContext>().UseNpgsql("Host=localhost").Options);
}
