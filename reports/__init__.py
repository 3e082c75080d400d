"""What people read: tables, charts, templates, exports. Takes frozen results, computes no statistics."""
