"""The screens of the console, one per file: what each shows, and which key does what on it.

A screen calls the review desk in threads and draws what comes back; it opens no database and looks at no picture
itself. What is shown and hidden is decided below, in `console.reading` and the records.
"""
