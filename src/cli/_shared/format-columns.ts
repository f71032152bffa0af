/** Rows as lines, with columns as wide as their longest cell. */
export function formatColumns(rows: readonly (readonly (string | number)[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => String(row[column]).length));
  const widths = rows[0]?.map((_, column) => width(column)) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => String(cell).padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
