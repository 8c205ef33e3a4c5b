"""Small languages kept as data, checked and read without a database: who work is for, and the rules of quality."""
