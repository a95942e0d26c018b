"""What each page of the report shows: its tables, charts and sentences, made from result tables; one module a subject."""
