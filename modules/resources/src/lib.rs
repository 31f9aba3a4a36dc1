//! Beds, appointment slots and equipment that the consortium shares.
