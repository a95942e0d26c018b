"""VoC workbook: a company's customer-service contacts as a monthly report that product teams act on."""
