"""What readers see: charts, tables, the page template, exports."""
