using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Inbox : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "review_drafts",
                columns: table => new
                {
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    node_exec_id = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: true),
                    payload_hash = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_review_drafts", x => new { x.user_id, x.node_exec_id });
                });

            migrationBuilder.CreateTable(
                name: "scheduled_decisions",
                columns: table => new
                {
                    node_exec_id = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    graph_exec_id = table.Column<string>(type: "TEXT", nullable: false),
                    set_id = table.Column<string>(type: "TEXT", nullable: false),
                    approved = table.Column<bool>(type: "INTEGER", nullable: false),
                    message = table.Column<string>(type: "TEXT", nullable: true),
                    edit = table.Column<string>(type: "TEXT", nullable: true),
                    auto_approve_future = table.Column<bool>(type: "INTEGER", nullable: false),
                    payload_hash = table.Column<string>(type: "TEXT", nullable: true),
                    surface = table.Column<string>(type: "TEXT", nullable: false),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_scheduled_decisions", x => x.node_exec_id);
                });

            migrationBuilder.CreateTable(
                name: "user_preferences",
                columns: table => new
                {
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    undo_seconds = table.Column<int>(type: "INTEGER", nullable: false),
                    single_keys = table.Column<bool>(type: "INTEGER", nullable: false),
                    notifies = table.Column<bool>(type: "INTEGER", nullable: false),
                    sounds = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user_preferences", x => x.user_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_reviews_user_id_reviewed_at_node_exec_id",
                table: "reviews",
                columns: new[] { "user_id", "reviewed_at", "node_exec_id" },
                filter: "reviewed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_scheduled_decisions_due_at",
                table: "scheduled_decisions",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_scheduled_decisions_user_id",
                table: "scheduled_decisions",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "review_drafts");

            migrationBuilder.DropTable(
                name: "scheduled_decisions");

            migrationBuilder.DropTable(
                name: "user_preferences");

            migrationBuilder.DropIndex(
                name: "IX_reviews_user_id_reviewed_at_node_exec_id",
                table: "reviews");
        }
    }
}
