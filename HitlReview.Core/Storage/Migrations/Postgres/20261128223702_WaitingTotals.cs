using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WaitingTotals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Written by statements of its own only (Reviews/WaitingTotals.cs), so the model doesn't know it.
            migrationBuilder.Sql("CREATE TABLE waiting_totals (user_id text NOT NULL PRIMARY KEY, reviews bigint NOT NULL, bytes bigint NOT NULL);");
            migrationBuilder.Sql("""
                INSERT INTO waiting_totals (user_id, reviews, bytes)
                SELECT user_id, count(*), sum(octet_length(payload) + coalesce(octet_length(instructions), 0)) FROM reviews WHERE status = 'WAITING' GROUP BY user_id;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE waiting_totals;");
        }
    }
}
