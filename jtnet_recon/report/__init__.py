"""Reports: a result becomes plain data once, and workbook, page and charts only draw it."""
