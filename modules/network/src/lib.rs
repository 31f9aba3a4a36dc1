//! Organizations, groups, alliances, bonds, people: who belongs to whom.
