using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ReviewOfUser : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_scheduled_decisions",
                table: "scheduled_decisions");

            migrationBuilder.DropIndex(
                name: "IX_scheduled_decisions_user_id",
                table: "scheduled_decisions");

            migrationBuilder.DropPrimaryKey(
                name: "PK_reviews",
                table: "reviews");

            migrationBuilder.AddPrimaryKey(
                name: "PK_scheduled_decisions",
                table: "scheduled_decisions",
                columns: new[] { "user_id", "node_exec_id" });

            migrationBuilder.AddPrimaryKey(
                name: "PK_reviews",
                table: "reviews",
                columns: new[] { "user_id", "node_exec_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_scheduled_decisions",
                table: "scheduled_decisions");

            migrationBuilder.DropPrimaryKey(
                name: "PK_reviews",
                table: "reviews");

            migrationBuilder.AddPrimaryKey(
                name: "PK_scheduled_decisions",
                table: "scheduled_decisions",
                column: "node_exec_id");

            migrationBuilder.AddPrimaryKey(
                name: "PK_reviews",
                table: "reviews",
                column: "node_exec_id");

            migrationBuilder.CreateIndex(
                name: "IX_scheduled_decisions_user_id",
                table: "scheduled_decisions",
                column: "user_id");
        }
    }
}
