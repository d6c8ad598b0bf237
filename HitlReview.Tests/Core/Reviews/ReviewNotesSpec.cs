using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ReviewNotesOnSqlite() : ReviewNotesSpec(new SqliteStore());

public sealed class ReviewNotesOnPostgres() : ReviewNotesSpec(new PostgresStore());

/// <summary>What people write about reviews for one another.</summary>
public abstract class ReviewNotesSpec(TestStore store) : CoreSpec(store)
{
    ReviewNotes Notes => Store.Get<ReviewNotes>();

    [Fact]
    public async Task Its_owner_and_an_admin_write_and_read_them_and_the_trail_has_them()
    {
        var review = await AskAsync("a");
        await Notes.AddAsync(Rosa, review, "  Who is ann?\n", Ct);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await DecideAsync(Approve("a"));
        await Notes.AddAsync(Ada, review, "Our accountant.", Ct);

        var notes = await Notes.ListAsync(Rosa, review, Ct);

        Assert.Equal(
            [("rosa@example.org", "Who is ann?"), ("ada@example.org", "Our accountant.")], notes.Select(n => (n.AuthorName, n.Text)));
        Assert.Equal(notes, await Notes.ListAsync(Ada, review, Ct));
        Assert.Equal(
            [(Rosa.UserId, "Who is ann?"), (Ada.UserId, "Our accountant.")],
            (await TrailAsync()).Where(e => e.Action == AuditActions.ReviewNoted).Select(e => (e.ActorId, e.Detail)));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_else_does_and_no_program()
    {
        var review = await AskAsync("a");
        var bens = await AskAsync(Request("a"), Ben);
        await Notes.AddAsync(Rosa, review, "for us", Ct);
        var agent = Rosa with { Key = new("key-rosa", "agent", KeyMay.ask | KeyMay.decide) };

        await RefusedAsync(Refusal.NotFound, () => Notes.AddAsync(Ben, review, "x", Ct));
        await RefusedAsync(Refusal.Forbidden, () => Notes.AddAsync(agent, review, "x", Ct));
        Assert.Empty(await Notes.ListAsync(Ben, review, Ct));
        Assert.Empty(await Notes.ListAsync(agent, review, Ct));
        // The same id is another's review.
        Assert.Empty(await Notes.ListAsync(Ben, bens, Ct));
    }

    [Theory]
    [InlineData(null, "must not be empty")]
    [InlineData("  \n ", "must not be empty")]
    [InlineData("a\0b", "U+0000")]
    public async Task Bad_ones_are_refused(string? text, string why)
    {
        var review = await AskAsync("a");
        Assert.Contains(why, await RefusedAsync(Refusal.Invalid, () => Notes.AddAsync(Rosa, review, text, Ct)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_an_end_to_their_length_and_number()
    {
        var review = await AskAsync("a");
        await RefusedAsync(Refusal.Invalid, () => Notes.AddAsync(Rosa, review, new('x', ReviewNotes.MaxNote + 1), Ct));
        for (var i = 0; i < ReviewNotes.Most; i++)
            await Notes.AddAsync(Rosa, review, "x", Ct);
        await RefusedAsync(Refusal.Conflict, () => Notes.AddAsync(Rosa, review, "one more", Ct));
    }
}
