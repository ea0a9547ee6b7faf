"""What ``suggestion_quality`` runs: real, small tasks with hidden tests, and their judging."""
