using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Audit;

public class AuditChainTests
{
    [Fact, Invariant(9)]
    public void The_hash_of_an_event_never_changes_between_versions()
    {
        // Computed independently: SHA-256 over 64-bit big-endian seq and time, then each field as its length and UTF-8 bytes (-1 for none).
        var e = AuditChain.Link(
            new(AuditActions.ReviewApproved, "rosa", Surface.Rest) { OwnerId = "rosa", Detail = "né" }, 1,
            DateTimeOffset.UnixEpoch.AddMicroseconds(1), AuditChain.Genesis);
        Assert.Equal("dcbbc0c74a380a035a65fc8c183804ef2344cfa56ec6bd202019ea824c0f8d0e", e.Hash);
    }
}
