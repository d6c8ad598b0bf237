using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Chats : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_copilot_sessions_user_id_created_at_id",
                table: "copilot_sessions");

            migrationBuilder.AddColumn<int>(
                name: "answered_seq",
                table: "copilot_sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "draft",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_pinned",
                table: "copilot_sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "last_seq",
                table: "copilot_sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "listed_at",
                table: "copilot_sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "title",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "turn_id",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "turn_state",
                table: "copilot_sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "updated_at",
                table: "copilot_sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.Sql("UPDATE copilot_sessions SET updated_at = created_at, listed_at = created_at");

            migrationBuilder.CreateTable(
                name: "copilot_events",
                columns: table => new
                {
                    turn_id = table.Column<string>(type: "TEXT", nullable: false),
                    seq = table.Column<int>(type: "INTEGER", nullable: false),
                    data = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_events", x => new { x.turn_id, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "copilot_messages",
                columns: table => new
                {
                    session_id = table.Column<string>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    seq = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    turn_id = table.Column<string>(type: "TEXT", nullable: true),
                    round = table.Column<int>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    reasoning = table.Column<string>(type: "TEXT", nullable: true),
                    tool = table.Column<string>(type: "TEXT", nullable: true),
                    input = table.Column<string>(type: "TEXT", nullable: true),
                    output = table.Column<string>(type: "TEXT", nullable: true),
                    review_id = table.Column<string>(type: "TEXT", nullable: true),
                    outcome = table.Column<string>(type: "TEXT", nullable: true),
                    used_review = table.Column<string>(type: "TEXT", nullable: true),
                    is_held = table.Column<bool>(type: "INTEGER", nullable: false),
                    cut_off = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_messages", x => new { x.session_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "copilot_queue",
                columns: table => new
                {
                    session_id = table.Column<string>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    place = table.Column<int>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_queue", x => new { x.session_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "copilot_turns",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    session_id = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_event = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_turns", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "copilot_usage",
                columns: table => new
                {
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_copilot_usage", x => new { x.user_id, x.day });
                });

            migrationBuilder.CreateIndex(
                name: "IX_copilot_sessions_user_id_listed_at_id",
                table: "copilot_sessions",
                columns: new[] { "user_id", "listed_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_copilot_messages_is_held",
                table: "copilot_messages",
                column: "is_held",
                filter: "is_held");

            migrationBuilder.CreateIndex(
                name: "IX_copilot_messages_review_id",
                table: "copilot_messages",
                column: "review_id",
                filter: "review_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_copilot_messages_session_id_seq",
                table: "copilot_messages",
                columns: new[] { "session_id", "seq" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_copilot_turns_running",
                table: "copilot_turns",
                column: "session_id",
                unique: true,
                filter: "state = 'running'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "copilot_events");

            migrationBuilder.DropTable(
                name: "copilot_messages");

            migrationBuilder.DropTable(
                name: "copilot_queue");

            migrationBuilder.DropTable(
                name: "copilot_turns");

            migrationBuilder.DropTable(
                name: "copilot_usage");

            migrationBuilder.DropIndex(
                name: "IX_copilot_sessions_user_id_listed_at_id",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "answered_seq",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "draft",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "is_pinned",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "last_seq",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "listed_at",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "title",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "turn_id",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "turn_state",
                table: "copilot_sessions");

            migrationBuilder.DropColumn(
                name: "updated_at",
                table: "copilot_sessions");

            migrationBuilder.CreateIndex(
                name: "IX_copilot_sessions_user_id_created_at_id",
                table: "copilot_sessions",
                columns: new[] { "user_id", "created_at", "id" });
        }
    }
}
