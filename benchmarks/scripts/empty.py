"""An empty page behind the frame: what every page of the program costs at least."""

from mindspa.ui import session

session.require()
