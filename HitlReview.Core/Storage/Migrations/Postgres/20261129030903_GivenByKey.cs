using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class GivenByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "asked_by_key_id",
                table: "reviews",
                type: "text",
                nullable: true,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.AddColumn<string>(
                name: "given_by_key_id",
                table: "auto_approvals",
                type: "text",
                nullable: true);

            // What stands says since when it was given, and the trail says by whom at that time.
            migrationBuilder.Sql("""
                UPDATE auto_approvals SET given_by_key_id = e.key_id FROM audit_events e
                WHERE e.action = 'auto_approval.given' AND e.key_id IS NOT NULL AND e.owner_id = auto_approvals.user_id
                  AND e.graph_exec_id = auto_approvals.graph_exec_id AND e.detail = auto_approvals.node_id AND e.at = auto_approvals.created_at;
                """);

            migrationBuilder.CreateIndex(
                name: "IX_reviews_of_a_key",
                table: "reviews",
                columns: new[] { "user_id", "asked_by_key_id", "status", "created_at", "node_exec_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_reviews_of_a_key",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "given_by_key_id",
                table: "auto_approvals");

            migrationBuilder.AlterColumn<string>(
                name: "asked_by_key_id",
                table: "reviews",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true,
                oldCollation: "C");
        }
    }
}
