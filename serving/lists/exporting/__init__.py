"""Lists as files for other programs: tables for people, uploads for advertising platforms, lines for machines."""
