"""Coverage figures, and reports for programs. Nothing here asks a server or checks anything."""
