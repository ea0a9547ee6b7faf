"""What this machine is, and what suits it: its CPU, its best settings, an engine built for it."""
