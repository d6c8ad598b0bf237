using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ReadAndCounted : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Nearly as HostileText/Folding.cs folds; a server without the collations of ICU folds as its own does. What is longer than
            // a name or message is not asked for: PostgreSQL takes the square of a run of combining marks, and can't be stopped at it.
            migrationBuilder.Sql("""
                DO $do$ BEGIN
                    EXECUTE format($create$
                        CREATE OR REPLACE FUNCTION hitl_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                        AS $fold$ SELECT replace(replace(lower(upper(
                            CASE WHEN length(given) > 1000 THEN given ELSE normalize(given, NFD) END%s)), 'ß', 'ss'), 'ς', 'σ') $fold$ $create$,
                        CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN ' COLLATE "und-x-icu"' ELSE '' END);
                END $do$;
                """);

            // Written by statements of its own only (Reviews/ReviewCounts.cs), so the model doesn't know it.
            migrationBuilder.Sql("""
                CREATE TABLE review_counts (
                    user_id text NOT NULL, standing text NOT NULL, graph_id text NOT NULL, node_id text NOT NULL, block_id text NOT NULL,
                    asked_by_key_id text NOT NULL, asked_by text, reviews bigint NOT NULL, last_at bigint NOT NULL,
                    PRIMARY KEY (user_id, standing, graph_id, node_id, block_id, asked_by_key_id));
                """);
            migrationBuilder.Sql("CREATE INDEX ix_review_counts_of_none ON review_counts (last_at) WHERE reviews = 0;");
            migrationBuilder.Sql("""
                INSERT INTO review_counts (user_id, standing, graph_id, node_id, block_id, asked_by_key_id, asked_by, reviews, last_at)
                SELECT user_id, CASE WHEN status = 'WAITING' THEN 'waiting'
                        WHEN status = 'APPROVED' THEN CASE WHEN was_edited THEN 'edited' WHEN auto_approved THEN 'auto_approved' ELSE 'approved' END
                        WHEN reviewed_by IS NULL THEN 'cancelled' ELSE 'rejected' END,
                    coalesce(graph_id, ''), node_id, coalesce(block_id, ''), coalesce(asked_by_key_id, ''), max(asked_by), count(*), max(created_at)
                FROM reviews GROUP BY 1, 2, 3, 4, 5, 6;
                """);

            migrationBuilder.DropIndex(
                name: "IX_reviews_graph_exec_id_status",
                table: "reviews");

            migrationBuilder.DropIndex(
                name: "IX_node_executions_status",
                table: "node_executions");

            migrationBuilder.DropIndex(
                name: "IX_graph_executions_status_updated_at",
                table: "graph_executions");

            migrationBuilder.AddColumn<string>(
                name: "as_read",
                table: "reviews",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "instructions_as_read",
                table: "reviews",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "as_read",
                table: "copilot_messages",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_reviews_of_a_run",
                table: "reviews",
                columns: new[] { "graph_exec_id", "user_id", "status", "created_at", "node_exec_id" });

            migrationBuilder.CreateIndex(
                name: "IX_reviews_of_agents",
                table: "reviews",
                columns: new[] { "user_id", "created_at", "node_exec_id" },
                filter: "origin = 'Agent'");

            migrationBuilder.CreateIndex(
                name: "IX_node_executions_status_graph_exec_id",
                table: "node_executions",
                columns: new[] { "status", "graph_exec_id" });

            migrationBuilder.CreateIndex(
                name: "IX_node_executions_to_settle",
                table: "node_executions",
                column: "graph_exec_id",
                filter: "outcome IS NOT NULL AND status = 'REVIEW'");

            migrationBuilder.CreateIndex(
                name: "IX_graph_executions_created_at_id",
                table: "graph_executions",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_graph_executions_status_created_at_id",
                table: "graph_executions",
                columns: new[] { "status", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_graph_executions_status_updated_at_id",
                table: "graph_executions",
                columns: new[] { "status", "updated_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE review_counts;");
            migrationBuilder.Sql("DROP FUNCTION hitl_fold(text);");

            migrationBuilder.DropIndex(
                name: "IX_reviews_of_a_run",
                table: "reviews");

            migrationBuilder.DropIndex(
                name: "IX_reviews_of_agents",
                table: "reviews");

            migrationBuilder.DropIndex(
                name: "IX_node_executions_status_graph_exec_id",
                table: "node_executions");

            migrationBuilder.DropIndex(
                name: "IX_node_executions_to_settle",
                table: "node_executions");

            migrationBuilder.DropIndex(
                name: "IX_graph_executions_created_at_id",
                table: "graph_executions");

            migrationBuilder.DropIndex(
                name: "IX_graph_executions_status_created_at_id",
                table: "graph_executions");

            migrationBuilder.DropIndex(
                name: "IX_graph_executions_status_updated_at_id",
                table: "graph_executions");

            migrationBuilder.DropColumn(
                name: "as_read",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "instructions_as_read",
                table: "reviews");

            migrationBuilder.DropColumn(
                name: "as_read",
                table: "copilot_messages");

            migrationBuilder.CreateIndex(
                name: "IX_reviews_graph_exec_id_status",
                table: "reviews",
                columns: new[] { "graph_exec_id", "status" });

            migrationBuilder.CreateIndex(
                name: "IX_node_executions_status",
                table: "node_executions",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "IX_graph_executions_status_updated_at",
                table: "graph_executions",
                columns: new[] { "status", "updated_at" });
        }
    }
}
