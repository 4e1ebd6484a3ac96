"""What goes wrong on purpose: faults at points of a reply, what they do to its steps, and the catalogue of
those with a name. No I/O, no clock; nothing here knows a field of a vendor.
"""
