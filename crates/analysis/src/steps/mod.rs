//! The steps that are Rust; the others are the `.sql` files beside them.

pub(crate) mod assemble_leads;
