using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Tests.Support;

/// <summary>Reads pages of reviews to their end, for tests to which it does not matter how they come.</summary>
public static class ReviewPages
{
    /// <summary>The waiting reviews of an execution, as many as a page has.</summary>
    public static async Task<IReadOnlyList<Review>> PendingForExecutionAsync(
        this ReviewService reviews, Caller caller, string graphExecId, CancellationToken ct) =>
        await (await reviews.PendingForExecutionAsync(caller, graphExecId, new(1, PageRequest.MaxSize), ct)).Items.ToListAsync(ct);

    /// <summary>The ids on a page.</summary>
    public static async Task<IReadOnlyList<string>> IdsAsync(this ReviewPage page) =>
        await page.Items.Select(r => r.NodeExecId).ToListAsync(TestContext.Current.CancellationToken);
}
