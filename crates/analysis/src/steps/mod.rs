//! The steps, one file each, and the list of them: the only place where a step is registered.

use crate::{SqlStep, Step};

/// Declares the steps: `sql NAME` is `NAME.sql`, `rust NAME` is `NAME.rs` with a `pub(crate) static STEP`.
macro_rules! register {
    ($($kind:ident $name:ident),* $(,)?) => {
        $(register!(@declare $kind $name);)*
        /// Every step, in the order they run.
        pub static STEPS: &[&dyn Step] = &[$(register!(@entry $kind $name)),*];
    };
    (@declare rust $name:ident) => { mod $name; };
    (@declare sql $name:ident) => {
        #[allow(non_upper_case_globals, reason = "named after the file")]
        static $name: std::sync::LazyLock<SqlStep> = std::sync::LazyLock::new(|| {
            SqlStep::parse(stringify!($name), include_str!(concat!(stringify!($name), ".sql")))
        });
    };
    (@entry sql $name:ident) => { &$name };
    (@entry rust $name:ident) => { &$name::STEP };
}

register! {
    sql resolve_sessions,
    sql count_episodes,
    sql attribute_lines,
    sql place_people,
    sql attribute_people,
    sql weigh_leads,
    sql cite_records,
    rust assemble_leads,
    sql match_payments,
    sql tie_payments,
    sql follow_payments,
    sql surround_payments,
    sql weigh_payments,
    rust assemble_payments,
}
