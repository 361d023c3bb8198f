"""Run the checks behind the commands: collect findings, keep evidence."""
