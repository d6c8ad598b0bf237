using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ChatRules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "auto_approve_span",
                table: "scheduled_decisions",
                type: "text",
                nullable: false,
                defaultValue: "run");

            migrationBuilder.AddColumn<string>(
                name: "said_by",
                table: "copilot_queue",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "said_by",
                table: "copilot_messages",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "span",
                table: "auto_approvals",
                type: "text",
                nullable: false,
                defaultValue: "run");

            migrationBuilder.CreateTable(
                name: "copilot_ask_rules",
                columns: table => new
                {
                    session_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    block_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_ask_rules", x => new { x.session_id, x.block_id });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "copilot_ask_rules");

            migrationBuilder.DropColumn(
                name: "auto_approve_span",
                table: "scheduled_decisions");

            migrationBuilder.DropColumn(
                name: "said_by",
                table: "copilot_queue");

            migrationBuilder.DropColumn(
                name: "said_by",
                table: "copilot_messages");

            migrationBuilder.DropColumn(
                name: "span",
                table: "auto_approvals");
        }
    }
}
