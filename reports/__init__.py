"""What people read: tables, charts, templates, exports. Takes plain frozen results, computes no statistics."""
