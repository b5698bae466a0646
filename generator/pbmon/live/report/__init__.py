"""What is told of a look: figures, and formats for programs. Nothing here asks or checks."""
