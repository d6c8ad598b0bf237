using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
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
                type: "TEXT",
                nullable: false,
                defaultValue: "run");

            migrationBuilder.AddColumn<string>(
                name: "said_by",
                table: "copilot_queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "said_by",
                table: "copilot_messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "span",
                table: "auto_approvals",
                type: "TEXT",
                nullable: false,
                defaultValue: "run");

            migrationBuilder.CreateTable(
                name: "copilot_ask_rules",
                columns: table => new
                {
                    session_id = table.Column<string>(type: "TEXT", nullable: false),
                    block_id = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
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
