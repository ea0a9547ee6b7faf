"""How fast other hardware answers: profiles with their sources, schedules, and the pacer."""
