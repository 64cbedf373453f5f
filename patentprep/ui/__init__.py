"""The app. Pages are the files that ``app.py`` lists; what they share stands in ``desk``, ``html`` and ``review``."""
