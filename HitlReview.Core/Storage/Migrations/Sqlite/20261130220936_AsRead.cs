using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AsRead : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "as_read",
                table: "reviews",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "input_as_read",
                table: "copilot_messages",
                type: "TEXT",
                nullable: true);

            // What was asked for before: without what JSON writes as escapes, which no statement can read.
            migrationBuilder.Sql("""
                UPDATE reviews SET as_read = hitl_fold(payload || char(10) || coalesce(instructions, ''))
                WHERE octet_length(payload) <> length(payload) OR octet_length(instructions) <> length(instructions);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "as_read",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "input_as_read",
                table: "copilot_messages");
        }
    }
}
