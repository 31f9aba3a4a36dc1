//! Code systems and their search by name, pinyin and code.
