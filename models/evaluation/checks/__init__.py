"""What speaks against a figure: witnesses, placebos, hidden causes, support."""
