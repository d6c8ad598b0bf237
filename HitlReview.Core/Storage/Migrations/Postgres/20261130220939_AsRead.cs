using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "input_as_read",
                table: "copilot_messages",
                type: "text",
                nullable: true);

            // As HostileText/Folding.cs folds; a server without the collations of ICU folds as its own does.
            migrationBuilder.Sql("""
                DO $do$ BEGIN
                    EXECUTE format($create$
                        CREATE OR REPLACE FUNCTION hitl_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                        AS $fold$ SELECT replace(lower(upper(normalize(given, NFD)%s)), 'ß', 'ss') $fold$ $create$,
                        CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN ' COLLATE "und-x-icu"' ELSE '' END);
                END $do$;
                """);
            // What was asked for before: without what JSON writes as escapes, which no statement can read.
            migrationBuilder.Sql("""
                UPDATE reviews SET as_read = hitl_fold(payload || chr(10) || coalesce(instructions, ''))
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

            migrationBuilder.Sql("DROP FUNCTION hitl_fold(text);");
        }
    }
}
