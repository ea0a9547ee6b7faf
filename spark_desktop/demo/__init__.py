"""The whole main job, played without a screen."""
