using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Doors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "reviews",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by_key_id",
                table: "reviews",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reviewed_with",
                table: "reviews",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "node_executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by_key_id",
                table: "node_executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "stored_by_key_id",
                table: "graphs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "graph_executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by_key_id",
                table: "graph_executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by_key_id",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "auto_approvals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by_key_id",
                table: "auto_approvals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "origin",
                table: "auto_approvals",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "key_id",
                table: "audit_events",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "key_name",
                table: "audit_events",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "expires_at",
                table: "api_keys",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "last_used_at",
                table: "api_keys",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "may",
                table: "api_keys",
                type: "TEXT",
                nullable: false,
                defaultValue: "ask");

            // An approval that stood before was given without a word on who asks: it is taken for what its ids say.
            migrationBuilder.Sql("""
                UPDATE auto_approvals SET origin = CASE WHEN block_id IS NULL THEN 'Agent' WHEN graph_exec_id LIKE 'copilot-session-%' THEN 'Copilot' ELSE 'Graph' END
                """);

            migrationBuilder.CreateTable(
                name: "AspNetUserPasskeys",
                columns: table => new
                {
                    CredentialId = table.Column<byte[]>(type: "BLOB", maxLength: 1024, nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Data = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AspNetUserPasskeys", x => x.CredentialId);
                    table.ForeignKey(
                        name: "FK_AspNetUserPasskeys_AspNetUsers_UserId",
                        column: x => x.UserId,
                        principalTable: "AspNetUsers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "user_sessions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    way = table.Column<string>(type: "TEXT", nullable: false),
                    device = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    idle_until = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    provider_tokens = table.Column<string>(type: "TEXT", nullable: true),
                    provider_asked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user_sessions", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_AspNetUserPasskeys_UserId",
                table: "AspNetUserPasskeys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_user_sessions_user_id",
                table: "user_sessions",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "AspNetUserPasskeys");

            migrationBuilder.DropTable(
                name: "user_sessions");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "asked_by_key_id",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "reviewed_with",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "node_executions");

            migrationBuilder.DropColumn(
                name: "asked_by_key_id",
                table: "node_executions");

            migrationBuilder.DropColumn(
                name: "stored_by_key_id",
                table: "graphs");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "graph_executions");

            migrationBuilder.DropColumn(
                name: "asked_by_key_id",
                table: "graph_executions");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "asked_by_key_id",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "auto_approvals");

            migrationBuilder.DropColumn(
                name: "asked_by_key_id",
                table: "auto_approvals");

            migrationBuilder.DropColumn(
                name: "origin",
                table: "auto_approvals");

            migrationBuilder.DropColumn(
                name: "key_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "key_name",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "expires_at",
                table: "api_keys");

            migrationBuilder.DropColumn(
                name: "last_used_at",
                table: "api_keys");

            migrationBuilder.DropColumn(
                name: "may",
                table: "api_keys");
        }
    }
}
