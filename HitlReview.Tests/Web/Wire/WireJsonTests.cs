using System.Text.Json;
using HitlReview.Core;
using HitlReview.Web.Wire;

namespace HitlReview.Tests.Web.Wire;

public sealed class WireJsonTests
{
    [Fact]
    public void Names_are_snake_case_times_are_utc_and_enums_are_upper_case() =>
        Assert.Equal(
            """{"created_at":"2026-03-02T08:00:00.123456Z","status":"REVIEW","big_text":"ä <b>"}""",
            JsonSerializer.Serialize(
                new
                {
                    CreatedAt = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(1)).AddMicroseconds(123456),
                    Status = ExecutionStatus.REVIEW,
                    BigText = "ä <b>",
                },
                WireJson.Options));

    [Fact]
    public void A_time_with_an_offset_is_read_as_the_same_moment() =>
        Assert.Equal(
            new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero),
            JsonSerializer.Deserialize<DateTimeOffset>("\"2026-03-02T09:00:00+01:00\"", WireJson.Options));
}
