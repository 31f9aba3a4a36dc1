//! Values of a query.
