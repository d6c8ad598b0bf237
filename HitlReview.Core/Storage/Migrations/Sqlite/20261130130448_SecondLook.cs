using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SecondLook : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "reject_reasons",
                table: "user_preferences",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "saved_views",
                table: "user_preferences",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "warnings",
                table: "reviews",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "unstored_graphs",
                columns: table => new
                {
                    user_id = table.Column<string>(type: "TEXT", nullable: false),
                    graph_id = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_unstored_graphs", x => new { x.user_id, x.graph_id });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "unstored_graphs");

            migrationBuilder.DropColumn(
                name: "reject_reasons",
                table: "user_preferences");

            migrationBuilder.DropColumn(
                name: "saved_views",
                table: "user_preferences");

            migrationBuilder.DropColumn(
                name: "warnings",
                table: "reviews");
        }
    }
}
