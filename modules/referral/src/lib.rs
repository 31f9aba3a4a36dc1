//! Two-way referral from draft to closed case.
