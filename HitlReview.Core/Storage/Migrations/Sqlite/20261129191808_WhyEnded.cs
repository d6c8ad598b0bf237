using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WhyEnded : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ended_why",
                table: "user_sessions",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ended_why",
                table: "user_sessions");
        }
    }
}
