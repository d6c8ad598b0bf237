using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HitlReview.Core.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class DeliveryInPortions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "delivered",
                table: "node_executions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "delivery_turn",
                table: "node_executions",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "kept_bytes",
                table: "graph_executions",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "IX_node_executions_graph_exec_id_delivery_turn",
                table: "node_executions",
                columns: new[] { "graph_exec_id", "delivery_turn" },
                filter: "delivery_turn IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_graph_executions_user_id",
                table: "graph_executions",
                column: "user_id",
                filter: "ended_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_node_executions_graph_exec_id_delivery_turn",
                table: "node_executions");

            migrationBuilder.DropIndex(
                name: "IX_graph_executions_user_id",
                table: "graph_executions");

            migrationBuilder.DropColumn(
                name: "delivered",
                table: "node_executions");

            migrationBuilder.DropColumn(
                name: "delivery_turn",
                table: "node_executions");

            migrationBuilder.DropColumn(
                name: "kept_bytes",
                table: "graph_executions");
        }
    }
}
