//! Patients, the basis on which they are read, consent and the access log.
