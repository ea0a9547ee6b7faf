"""The forms in which models write changes to files, each read line by line."""
