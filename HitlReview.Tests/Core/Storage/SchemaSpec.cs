using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HitlReview.Tests.Core.Storage;

public sealed class SchemaOnSqlite() : SchemaSpec(new SqliteStore());

public sealed class SchemaOnPostgres() : SchemaSpec(new PostgresStore());

/// <summary>How a database is opened: what the program does before it serves, and what it says when it can't.</summary>
public abstract class SchemaSpec(TestStore store) : IAsyncDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Store NewStore() => new(store.Options);

    async Task ServeAsync()
    {
        await using var serving = NewStore();
        await serving.OpenForServingAsync(Ct);
    }

    async Task<int> CountUsersAsync()
    {
        await using var any = NewStore();
        await using var db = any.CreateDbContext();
        return await db.Users.CountAsync(Ct);
    }

    async Task ExecuteAsync(string sql)
    {
        await using var any = NewStore();
        await using var db = any.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync(sql, Ct);
    }

    [Fact]
    public async Task The_first_start_makes_the_schema()
    {
        await store.CreateAsync(empty: true);
        await ServeAsync();
        Assert.Equal(0, await CountUsersAsync());
    }

    [Fact]
    public async Task A_later_start_changes_nothing()
    {
        await store.CreateAsync();
        await ServeAsync();
        await ServeAsync();
        Assert.Equal(Cast.All.Count, await CountUsersAsync());
    }

    [Fact]
    public async Task The_migrations_make_exactly_what_the_model_says()
    {
        await store.CreateAsync(empty: true);
        await using var any = NewStore();
        await using var db = any.CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges(), "An entity was changed without a migration.");
    }

    [Fact]
    public async Task What_stood_before_it_was_known_by_which_key_it_was_given_is_found_in_the_trail()
    {
        await store.CreateAsync();
        await using (var any = NewStore())
        await using (var db = any.CreateDbContext())
        {
            foreach (var (node, key) in new[] { ("by a key", "key-rosa"), ("by a person", null) })
            {
                db.AutoApprovals.Add(new()
                {
                    UserId = "rosa",
                    GraphExecId = "run-1",
                    NodeId = node,
                    Origin = ReviewOrigin.Agent,
                    CreatedAt = TestStore.Start,
                });
                foreach (var (seq, at, by) in new[]
                {
                    (node.Length, TestStore.Start, key), (100 + node.Length, TestStore.Start.AddDays(-1), "another"),
                })
                    db.AuditEvents.Add(new()
                    {
                        Seq = seq,
                        At = at,
                        Surface = Surface.Rest,
                        Action = AuditActions.AutoApprovalGiven,
                        OwnerId = "rosa",
                        GraphExecId = "run-1",
                        Detail = node,
                        KeyId = by,
                        PrevHash = "",
                        Hash = "",
                    });
            }
            await db.SaveChangesAsync(Ct);
            await db.GetService<IMigrator>().MigrateAsync("WaitingTotals", Ct);
        }

        await ServeAsync();

        await using var again = NewStore();
        await using var read = again.CreateDbContext();
        Assert.Equal(["key-rosa", null], await read.AutoApprovals.OrderBy(a => a.NodeId).Select(a => a.GivenByKeyId).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_migration_that_was_killed_does_not_keep_the_next_start_waiting()
    {
        await store.CreateAsync(empty: true);
        // What EF Core writes before it migrates, and a killed process never removes. PostgreSQL drops its lock with the connection.
        if (store.Provider == DatabaseProvider.Sqlite)
            await ExecuteAsync("""
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
                """);
        await ServeAsync().WaitAsync(Recorded<int>.Patience, Ct);
        Assert.Equal(0, await CountUsersAsync());
    }

    [Fact]
    public async Task A_database_from_a_newer_version_is_refused_and_left_alone()
    {
        await store.CreateAsync();
        await ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_FromTheFuture', '99.0.0')""");
        foreach (var open in (Func<Store, Task>[])[s => s.ClaimAsync(Ct), s => s.OpenBesideAsync(Ct)])
        {
            await using var serving = NewStore();
            var refused = await Assert.ThrowsAsync<StoreException>(() => open(serving));
            Assert.Contains("newer version of HitlReview", refused.Message, StringComparison.Ordinal);
            Assert.Contains("FromTheFuture", refused.Message, StringComparison.Ordinal);
            Assert.Contains("ConnectionStrings:HitlReview", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(Cast.All.Count, await CountUsersAsync());
    }

    [Fact]
    public async Task A_second_process_is_refused_and_the_first_goes_on()
    {
        await store.OpenAsync();
        await using (var second = NewStore())
        {
            var refused = await Assert.ThrowsAsync<StoreException>(() => second.ClaimAsync(Ct));
            Assert.Contains("Another HitlReview process already uses", refused.Message, StringComparison.Ordinal);
            Assert.Contains("ConnectionStrings:HitlReview", refused.Message, StringComparison.Ordinal);
        }
        await store.Queue.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM stopped_executions", Ct), Ct);
        await store.CloseAsync();
        await ServeAsync(); // The first one has gone, and so has its lock.
    }

    [Fact]
    public async Task A_verb_of_the_command_line_works_beside_the_serving_process()
    {
        await store.OpenAsync();
        await using var beside = NewStore();
        await beside.OpenBesideAsync(Ct);
        await using var db = beside.CreateDbContext();
        Assert.Equal(Cast.All.Count, await db.Users.CountAsync(Ct));
    }

    [Fact]
    public async Task A_verb_of_the_command_line_makes_the_schema_where_there_is_none()
    {
        await store.CreateAsync(empty: true);
        await using (var verb = NewStore())
            await verb.OpenBesideAsync(Ct);
        await ServeAsync();
        Assert.Equal(0, await CountUsersAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
