"""Word lists, draws and scripts behind `sandbox.people`."""
