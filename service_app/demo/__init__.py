"""The demo company: invented people, machines and orders, made through the pages' own services."""
