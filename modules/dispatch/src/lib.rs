//! My work, search over everything and the dispatch wall.
