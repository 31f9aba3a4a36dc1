//! The wire: context, sign-in, errors, paging, OpenAPI and the Module type.
