"""Plays the main job with the real core and the real window, and writes down what happened."""
