"""The composition root: settings, start-up, the command line. The only package that knows everyone."""
