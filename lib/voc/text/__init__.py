"""What customers say: tidying of texts and their language; later categories, sentiment and topics."""
