"""Reports: read through the queries of the pages, set as PDF or workbook, kept through the services."""
