"""What can be set: settings, paths, logging and the manifest of models.

Every other folder may import this one and gets its settings passed in; this one imports none of them. Nobody else reads
the environment or looks for a settings file. What does not belong here: anything that acts on a setting.
"""
