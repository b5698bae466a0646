"""PyBase: tables for engineers, with data extracted from their CAD and PDF files."""
